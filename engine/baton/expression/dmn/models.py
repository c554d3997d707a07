"""One file being read: its elements by id, what they require of one another, and what it imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from baton.expression.core.errors import suggest
from baton.expression.core.tree import Node
from baton.expression.dmn.boxed import check_kind, find_boxed, find_declared, read_boxed, read_inside, read_parameters
from baton.expression.dmn.document import Element, Refused, parse
from baton.expression.dmn.findings import Findings, Place, Unreadable
from baton.expression.dmn.items import ItemDefinitions
from baton.expression.dmn.model import Decision, DecisionService, DecisionTable, InputData, Knowledge, Required
from baton.expression.dmn.tables import read_table
from baton.expression.dmn.typing import find_type
from baton.expression.feel.names import Vocabulary
from baton.expression.feel.types import Type

MAX_REQUIREMENTS = 50
"""Decisions that require one another in a chain, and files that import one another."""
_ELEMENTS = ("decision", "inputData", "businessKnowledgeModel", "decisionService")
_REFERENCES = ("requiredDecision", "requiredInput", "requiredKnowledge")

Item = Decision | InputData | Knowledge | DecisionService


@dataclass
class Library:
    """Files that a model may import, by the namespace that they say."""

    files: Mapping[str, bytes]
    _roots: dict[str, tuple[str, Element]] | None = None
    _models: dict[str, Model] = field(default_factory=dict[str, "Model"])

    def find(self, namespace: str, path: tuple[str, ...]) -> Model | None:
        """The model of the namespace, read once; ``path`` are the namespaces that led to it."""
        if self._roots is None:
            self._roots = dict(self._parse_all())
        if namespace not in self._models and namespace in self._roots and namespace not in path:
            name, root = self._roots[namespace]
            self._models[namespace] = Model(root, Findings(name), self, path)
        return self._models.get(namespace)

    def _parse_all(self) -> Iterator[tuple[str, tuple[str, Element]]]:
        for name, data in self.files.items():
            try:
                root = parse(data)
            except Refused:
                continue  # the file itself is reported where it is read
            yield root.get("namespace") or "", (name, root)


@dataclass
class _Import:
    name: str
    model: Model


class Model:
    """``path``: the namespaces of the files that import this one, the outermost first."""

    def __init__(self, root: Element, findings: Findings, library: Library, path: tuple[str, ...] = ()) -> None:
        self.findings = findings
        self._root = root
        self._namespace = root.get("namespace") or ""
        self._path = (*path, self._namespace)
        self._elements = self._index()
        self._done: dict[str, Item | None] = {}
        self._depth: dict[str, int] = {}
        services = self._root.list_children("decisionService")
        self._given = {
            (given.get("href") or "").rpartition("#")[2]
            for service in services
            for given in service.list_children("inputDecision")
        }
        self._imports = dict(self._read_imports(library))
        self._place = self._make_place()

    # what is in the file

    def _index(self) -> dict[str, Element]:
        found: dict[str, Element] = {}
        for element in self._root.list_children(*_ELEMENTS):
            identity = get_identity(element)
            if identity is None:
                self.findings.add_error(
                    "dmn-structure", f"Expected an id or a name on the {element.name}, but found neither", element
                )
            elif identity in found:
                self.findings.add_error(
                    "dmn-structure", f"Expected ids to be unique, but found '{identity}' twice", element
                )
            else:
                found[identity] = element
        return found

    def _read_imports(self, library: Library) -> Iterator[tuple[str, _Import]]:
        for element in self._root.list_children("import"):
            kind, namespace = element.get("importType") or "", element.get("namespace") or ""
            if "/DMN/" not in kind:
                continue  # schemas and PMML only describe what is given from outside
            model = library.find(namespace, self._path)
            if model is None:
                self.findings.add_error(
                    "dmn-import",
                    f"Expected a file with the namespace '{namespace}' in the same deployment, but found none",
                    element,
                )
            else:
                yield namespace, _Import(element.get("name") or "", model)

    def _make_place(self) -> Place:
        """What every expression of the file knows: names of data and decisions, of components, and types."""
        components = {item.get("name") or "" for item in self._root.walk("itemComponent")}
        names = {element.get("name") or "" for element in self._root.list_children("decision", "inputData")}
        imported: dict[str, Type] = {}
        for found in self._imports.values():
            names |= found.model.list_names() | {found.name}
            imported |= {f"{found.name}.{name}": kind for name, kind in found.model.types.items()}
        definitions = {item.get("name") or "": item for item in self._root.list_children("itemDefinition")}
        plain = Place(self.findings, Vocabulary((names | components) - {""}))
        self.types = ItemDefinitions(definitions, plain, imported).read_all()
        return Place(self.findings, Vocabulary((names | components) - {""}, self.types, can_call=False))

    def list_names(self) -> set[str]:
        """Of everything that another file may name; for what it calls, see `_require`."""
        return {element.get("name") or "" for element in self._elements.values()} - {""}

    def list_files(self) -> frozenset[str]:
        """Names of the files that this one imports, and that these import."""
        found = frozenset[str]()
        for item in self._imports.values():
            found |= item.model.list_files() | {item.model.findings.resource or ""}
        return found

    # reading

    def read_decisions(self) -> tuple[Decision, ...]:
        """In the order of the document. A file without any is a problem."""
        found = [self.read(identity, ()) for identity, element in self._elements.items() if element.name == "decision"]
        if not found and not self.findings.count_errors():
            self.findings.add_error("dmn-empty", "Expected at least one decision, but found none", self._root)
        return tuple(decision for decision in found if isinstance(decision, Decision))

    def read_services(self) -> tuple[DecisionService, ...]:
        services = [key for key, element in self._elements.items() if element.name == "decisionService"]
        return tuple(item for key in services if isinstance(item := self.read(key, ()), DecisionService))

    def read(self, identity: str, path: tuple[str, ...]) -> Item | None:
        """The element, read once; None when it has errors."""
        if identity not in self._done:
            self._done[identity] = None
            element = self._elements[identity]
            before, self.findings.element = self.findings.element, identity
            with suppress(Unreadable):
                self._done[identity] = self._read(element, (*path, identity))
            self.findings.element = before
        return self._done[identity]

    def read_known(self, identity: str) -> Item | None:
        """For another file; None also when there is no such element."""
        return self.read(identity, ()) if identity in self._elements else None

    def _read(self, element: Element, path: tuple[str, ...]) -> Item:
        match element.name:
            case "inputData":
                return self._read_input(element)
            case "businessKnowledgeModel":
                return self._read_knowledge(element, path)
            case "decisionService":
                return self._read_service(element, path)
            case _:
                return self._read_decision(element, path)

    def _read_input(self, element: Element) -> InputData:
        variable = element.find_child("variable")
        name = (variable.get("name") if variable is not None else None) or element.get("name") or ""
        return InputData(name, find_type(variable.get("typeRef") if variable is not None else None, self._find_type))

    def _find_type(self, name: str) -> Type | None:
        return self.types.get(name)

    def _read_decision(self, element: Element, path: tuple[str, ...]) -> Decision:
        required, place, complete = self._require(element, path)
        logic = self._read_logic(element, place)
        if not complete:
            raise Unreadable("requirement")
        variable = element.find_child("variable")
        ttl = element.get_camunda("historyTimeToLive") or ""
        return Decision(
            id=path[-1],
            logic=logic,
            name=element.get("name"),
            variable=variable.get("name") if variable is not None else None,
            type=find_type(variable.get("typeRef") if variable is not None else None, self._find_type),
            required=required,
            version_tag=element.get_camunda("versionTag"),
            history_ttl_days=int(digits) if (digits := ttl.removeprefix("P").removesuffix("D")).isdigit() else None,
            line=element.line,
        )

    def _read_logic(self, element: Element, place: Place) -> DecisionTable | Node | None:
        logic = find_boxed(element)
        if logic is None and self.findings.element in self._given:
            return None
        if logic is None:
            raise self.findings.add_error(
                "dmn-structure", "Expected a decision table or an expression, but found none", element
            )
        return read_table(logic, place) if logic.name == "decisionTable" else read_boxed(logic, place)

    def _read_knowledge(self, element: Element, path: tuple[str, ...]) -> Knowledge:
        required, place, complete = self._require(element, path)
        logic = element.find_child("encapsulatedLogic")
        if logic is None:
            raise self.findings.add_error("dmn-structure", "Expected the logic of a function, but found none", element)
        check_kind(logic, place)
        parameters = read_parameters(logic, place)
        body = read_inside(logic, place.make_inner(parameter.name for parameter in parameters), 0)
        if not complete:
            raise Unreadable("requirement")
        name = element.get("name") or path[-1]
        return Knowledge(name, parameters, body, find_declared(element.find_child("variable"), place), required)

    def _read_service(self, element: Element, path: tuple[str, ...]) -> DecisionService:
        found: dict[str, list[Item]] = {"outputDecision": [], "inputDecision": [], "inputData": []}
        complete = True
        for reference in element.list_children(*found):
            required = self._resolve(reference, path)
            complete = complete and required is not None
            if required is not None:
                found[reference.name].append(required.item)
        outputs = tuple(item for item in found["outputDecision"] if isinstance(item, Decision))
        given = tuple(item for item in found["inputDecision"] if isinstance(item, Decision))
        inputs = tuple(item for item in found["inputData"] if isinstance(item, InputData))
        if not complete:
            raise Unreadable("requirement")
        if not outputs:
            raise self.findings.add_error("dmn-structure", "Expected an output decision, but found none", element)
        kind = find_declared(element.find_child("variable"), self._place)
        result = kind if kind.name != "function" else Type("Any")
        return DecisionService(element.get("name") or path[-1], outputs, given, inputs, result)

    # requirements

    def _require(self, element: Element, path: tuple[str, ...]) -> tuple[tuple[Required, ...], Place, bool]:
        """What the element requires, what its expressions may call, and whether all of it could be read."""
        found: list[Required] = []
        complete = True
        for requirement in element.list_children("informationRequirement", "knowledgeRequirement"):
            for reference in requirement.list_children(*_REFERENCES):
                required = self._resolve(reference, path)
                complete = complete and required is not None
                if required is not None:
                    found.append(required)
        self._depth[path[-1]] = 1 + max((self._depth.get(item.key, 0) for item in found), default=0)
        callable_names = {name for item in found for name in item.path}
        return tuple(found), self._place.make_inner(callable_names), complete

    def _resolve(self, reference: Element, path: tuple[str, ...]) -> Required | None:
        namespace, _, identity = (reference.get("href") or "").rpartition("#")
        if namespace and namespace != self._namespace:
            return self._resolve_import(namespace, identity, reference)
        if not self._check_target(identity, path, reference):
            return None
        item = self.read(identity, path)
        return None if item is None else Required((get_name(item),), item, identity)

    def _resolve_import(self, namespace: str, identity: str, reference: Element) -> Required | None:
        found = self._imports.get(namespace)
        item = found.model.read_known(identity) if found is not None else None
        if found is None or item is None:
            self.findings.add_error(
                "dmn-requirement",
                f"Expected '{identity}' in an imported file without errors, but found none",
                reference,
            )
            return None
        name = get_name(item)
        return Required((found.name, name) if found.name and not isinstance(item, InputData) else (name,), item, "")

    def _check_target(self, target: str, path: tuple[str, ...], reference: Element) -> bool:
        if target in path:
            cycle = " -> ".join((*path[path.index(target) :], target))
            message = f"Expected requirements without a cycle, but found {cycle}"
        elif len(path) > MAX_REQUIREMENTS or len(path) + self._depth.get(target, 0) > MAX_REQUIREMENTS:
            message = f"Expected at most {MAX_REQUIREMENTS} decisions that require one another, but found more"
        elif target not in self._elements:
            hint = suggest(target, self._elements)
            message = f"Expected the required decision '{target}' in this file, but found none{hint}"
        else:
            return True
        self.findings.add_error("dmn-requirement", message, reference)
        return False


def get_identity(element: Element) -> str | None:
    """The id of an element; some tools leave it out, then its name."""
    return element.get("id") or element.get("name")


def get_name(item: Item) -> str:
    return (item.variable or item.name or item.id) if isinstance(item, Decision) else item.name
