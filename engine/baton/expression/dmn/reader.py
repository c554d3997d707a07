"""DMN XML to decisions. Never raises for bad input: everything found is a problem."""

from __future__ import annotations

from dataclasses import dataclass, field

from baton.expression.core.errors import suggest
from baton.expression.dmn.document import Element, Refused, parse
from baton.expression.dmn.model import Decision, DecisionTable, DmnReading, LiteralDecision
from baton.expression.dmn.tables import Findings, Unreadable, compile_text, read_table
from baton.model.problems import Problem, Severity

_LOGIC = ("decisionTable", "literalExpression", "context", "invocation", "relation", "list", "functionDefinition")
MAX_REQUIREMENTS = 50
"""Decisions that require one another in a chain."""
_UNSUPPORTED = ("conditional", "filter", "for", "some", "every")


def read_dmn(data: bytes, resource: str = "") -> DmnReading:
    """The decisions of a file in the order of the document, and the problems found."""
    try:
        root = parse(data)
    except Refused as error:
        problem = Problem(
            rule="not-dmn", severity=Severity.ERROR, message=str(error), line=error.line, resource=resource or None
        )
        return DmnReading((), (problem,))
    reader = _Reader(Findings(resource or None))
    elements = _by_id(root, reader.findings)
    decisions = reader.read_decisions(elements)
    return DmnReading(decisions, tuple(reader.findings.problems), root.get("id"), root.get("name"))


def _by_id(root: Element, findings: Findings) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for element in root.list_children("decision"):
        identity = element.get("id")
        if identity is None:
            findings.add_error("dmn-structure", "Expected an id on the decision, but found none", element)
        elif identity in found:
            findings.add_error("dmn-structure", f"Expected ids to be unique, but found '{identity}' twice", element)
        else:
            found[identity] = element
    if not found:
        findings.add_error("dmn-empty", "Expected at least one decision, but found none", root)
    return found


@dataclass
class _Reader:
    findings: Findings
    done: dict[str, Decision | None] = field(default_factory=dict[str, "Decision | None"])
    depth: dict[str, int] = field(default_factory=dict[str, int])
    """How many decisions stand in the longest chain below a decision that has been read."""

    def read_decisions(self, elements: dict[str, Element]) -> tuple[Decision, ...]:
        found = [self.read_decision(identity, elements, ()) for identity in elements]
        return tuple(decision for decision in found if decision is not None)

    def read_decision(self, identity: str, elements: dict[str, Element], path: tuple[str, ...]) -> Decision | None:
        """The decision, read once; None when it has errors."""
        if identity in self.done:
            return self.done[identity]
        element = elements[identity]
        self.done[identity] = None
        self.findings.element = identity
        required = self._required(element, elements, (*path, identity))
        try:
            logic = self._logic(element)
        except Unreadable:
            return None
        if required is None:
            return None
        self.depth[identity] = 1 + max((self.depth[item.id] for item in required), default=0)
        variable = element.find_child("variable")
        ttl = element.get_camunda("historyTimeToLive") or ""
        self.done[identity] = Decision(
            id=identity,
            logic=logic,
            name=element.get("name"),
            variable=variable.get("name") if variable else None,
            required=required,
            version_tag=element.get_camunda("versionTag"),
            history_ttl_days=int(digits) if (digits := ttl.removeprefix("P").removesuffix("D")).isdigit() else None,
            line=element.line,
        )
        return self.done[identity]

    def _required(
        self, element: Element, elements: dict[str, Element], path: tuple[str, ...]
    ) -> tuple[Decision, ...] | None:
        found: list[Decision] = []
        complete = True
        for requirement in element.list_children("informationRequirement"):
            reference = requirement.find_child("requiredDecision")
            if reference is None:
                continue
            target = (reference.get("href") or "").removeprefix("#")
            decision = self._target(target, elements, path, reference)
            complete = complete and decision is not None
            if decision is not None:
                found.append(decision)
        for requirement in element.list_children("knowledgeRequirement"):
            self.findings.add_error(
                "dmn-unsupported", "Expected no business knowledge models, but found one required", requirement
            )
            complete = False
        return tuple(found) if complete else None

    def _target(
        self, target: str, elements: dict[str, Element], path: tuple[str, ...], reference: Element
    ) -> Decision | None:
        if target in path:
            cycle = " -> ".join((*path[path.index(target) :], target))
            self.findings.add_error(
                "dmn-requirement", f"Expected requirements without a cycle, but found {cycle}", reference
            )
            return None
        if len(path) > MAX_REQUIREMENTS or len(path) + self.depth.get(target, 0) > MAX_REQUIREMENTS:
            self.findings.add_error(
                "dmn-requirement",
                f"Expected at most {MAX_REQUIREMENTS} decisions that require one another in a chain, but found more",
                reference,
            )
            return None
        if target not in elements:
            self.findings.add_error(
                "dmn-requirement",
                f"Expected the required decision '{target}' in this file, but found none{suggest(target, elements)}",
                reference,
            )
            return None
        return self.read_decision(target, elements, path)

    def _logic(self, element: Element) -> DecisionTable | LiteralDecision:
        self.findings.element = element.get("id")
        logic = next(element.list_children(*_LOGIC, *_UNSUPPORTED), None)
        if logic is None:
            raise self.findings.add_error(
                "dmn-structure", "Expected a decision table or a literal expression, but found none", element
            )
        if logic.name == "decisionTable":
            return read_table(logic, self.findings)
        if logic.name == "literalExpression":
            variable = element.find_child("variable")
            text = compile_text(logic.read_text(), logic, self.findings)
            if text is None:
                raise self.findings.add_error("dmn-structure", "Expected an expression, but found an empty text", logic)
            return LiteralDecision(text, variable.get("typeRef") if variable else None)
        raise self.findings.add_error(
            "dmn-unsupported", f"Expected a decision table or a literal expression, but found '{logic.name}'", logic
        )
