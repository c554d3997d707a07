"""Item definitions: the types that a model names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from baton.expression.compiled import Compiled
from baton.expression.core.errors import ExpressionError
from baton.expression.core.scope import MappingScope
from baton.expression.dmn.document import Element
from baton.expression.dmn.findings import Place
from baton.expression.dmn.typing import find_type
from baton.expression.feel.nodes import CELL_INPUT, TESTED
from baton.expression.feel.types import ANY, Type


@dataclass
class ItemDefinitions:
    """Read when they are asked for, since they name one another; ``imported`` are those of other files, by name."""

    elements: Mapping[str, Element]
    place: Place
    imported: Mapping[str, Type] = field(default_factory=dict[str, Type])
    _found: dict[str, Type | None] = field(default_factory=dict[str, "Type | None"])

    def find(self, name: str) -> Type | None:
        """The type of this name; one that contains itself is, inside of itself, of any type."""
        if name not in self._found:
            element = self.elements.get(name)
            self._found[name] = ANY if element is not None else self.imported.get(name)
            if element is not None:
                self._found[name] = self._read(element)
        return self._found[name]

    def read_all(self) -> dict[str, Type]:
        found = {name: self.find(name) for name in (*self.elements, *self.imported)}
        return {name: kind for name, kind in found.items() if kind is not None}

    def _read(self, element: Element) -> Type:
        fields = tuple(
            (component.get("name") or "", self._read(component)) for component in element.list_children("itemComponent")
        )
        if fields:
            found = Type("context", fields=fields)
        elif element.find_child("functionItem") is not None:
            found = Type("function")
        else:
            wanted = find_type(element.read_text("typeRef"), self.find)
            found = wanted.type if wanted is not None else ANY
        found = self._limit(found, element.find_child("allowedValues"))
        if element.get("isCollection") == "true":
            found = Type("list", found)
        return self._limit(found, element.find_child("typeConstraint"))

    def _limit(self, kind: Type, values: Element | None) -> Type:
        """The type with a further test of its values."""
        tests = self.place.compile_tests(values) if values is not None and values.read_text() else None
        if tests is None:
            return kind
        return replace(kind, allows=_and(kind.allows, _make_test(tests)))


def _make_test(tests: Compiled) -> Callable[[Any], bool]:
    def is_allowed(value: Any) -> bool:
        try:
            return tests.evaluate_raw(MappingScope({}), {TESTED: value, CELL_INPUT: value}) is True
        except ExpressionError:
            return False

    return is_allowed


def _and(one: Callable[[Any], bool] | None, other: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return other if one is None else lambda value: one(value) and other(value)
