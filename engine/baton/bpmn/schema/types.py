"""The element types of BPMN 2.0 as data, read from compact tables.

A line is ``name < base : attributes | children``. An attribute is ``name``, ``name!`` (required), ``name=kind``;
a child is ``name`` (exactly one), ``name?``, ``name*``, ``name+``, each with ``=type`` where the type is not called
as the element. Kinds of values: ``bool int id uri mime enum:A,B ref:type,type`` (``ref:`` alone: anything); ``text``: a
child that holds text; ``any``: a child that holds anything; the child ``anything`` allows all content.
Abstract types stand for everything derived from them (``flowElement*``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from baton.bpmn.schema import collaboration, foundation, process

ITEM_AWARE = frozenset(
    ["dataInput", "dataObject", "dataObjectReference", "dataOutput", "dataStore", "dataStoreReference", "property"]
)
"""What can hold data (clause 10.4.1); in the standard an abstract type beside the line of inheritance."""


@dataclass(frozen=True, slots=True)
class Attribute:
    name: str
    kind: str
    required: bool


@dataclass(frozen=True, slots=True)
class Child:
    """``type`` is a type name, ``text``, ``any`` or ``ref:…``."""

    name: str
    type: str
    least: int
    many: bool


@dataclass(frozen=True, slots=True)
class Type:
    """``attributes`` and ``children`` include the inherited ones; ``lineage`` is the type and its bases."""

    name: str
    lineage: tuple[str, ...]
    attributes: dict[str, Attribute]
    children: tuple[Child, ...]

    @property
    def open(self) -> bool:
        return any(child.name == "anything" for child in self.children)


@cache
def load_types() -> dict[str, Type]:
    """Every element type by name."""
    lines = _parse_table(foundation.TABLE + process.TABLE + collaboration.TABLE)
    bases = {name: base for name, base, _, _ in lines}
    found: dict[str, Type] = {}
    parts = {name: (attributes, children) for name, _, attributes, children in lines}
    for name in bases:
        lineage = tuple(_collect_lineage(name, bases))
        attributes = {a.name: a for base in reversed(lineage) for a in parts[base][0]}
        children = tuple(c for base in reversed(lineage) for c in parts[base][1])
        found[name] = Type(name, lineage, attributes, children)
    return found


def is_a(name: str, *wanted: str) -> bool:
    """Whether the element type is one of the wanted types or derived from one."""
    if "itemAware" in wanted and name in ITEM_AWARE:
        return True
    known = load_types().get(name)
    return known is not None and any(w in known.lineage for w in wanted)


@cache
def list_attribute_names() -> frozenset[str]:
    """Every attribute name of the standard, on whatever element."""
    return frozenset(name for item in load_types().values() for name in item.attributes)


@cache
def list_child_names() -> frozenset[str]:
    """Every element name of the standard, as type or as a named child."""
    return frozenset(load_types()) | frozenset(c.name for item in load_types().values() for c in item.children)


def _collect_lineage(name: str, bases: dict[str, str]) -> list[str]:
    found: list[str] = []
    while name:
        found.append(name)
        name = bases[name]
    return found


def _parse_table(table: str) -> list[tuple[str, str, list[Attribute], list[Child]]]:
    joined = re.sub(r"\n[ \t]+", " ", table)
    rows = [line for line in joined.splitlines() if line.strip()]
    return [_parse_row(row) for row in rows]


def _parse_row(row: str) -> tuple[str, str, list[Attribute], list[Child]]:
    head, _, body = row.partition(":")
    name, _, base = (part.strip() for part in head.partition("<"))
    attributes, _, children = body.partition("|")
    return name, base, [_parse_attribute(t) for t in attributes.split()], [_parse_child(t) for t in children.split()]


def _parse_attribute(token: str) -> Attribute:
    name, _, kind = token.partition("=")
    return Attribute(name.rstrip("!"), kind or "string", name.endswith("!"))


def _parse_child(token: str) -> Child:
    name, _, kind = token.partition("=")
    bare = name.rstrip("?*+")
    mark = name[len(bare) :]
    return Child(bare, kind or bare, 0 if mark in ("?", "*") or bare == "anything" else 1, mark in ("*", "+"))
