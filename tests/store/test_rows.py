"""A record's row holds the values of its fields in order, as plain values, up to the last that is not the default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, cast, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.model import values
from baton.model.declared import TYPES, Declaration, declare, get_declaration
from baton.model.definition import Definition
from baton.model.events import Event, EventType
from baton.model.identity import Session
from baton.model.immutable import immutable
from baton.model.records import ExternalTask, Incident, InstanceHeader, Job, Subscription, UserTask
from baton.model.rows import from_row, to_row

KINDS = (Event, ExternalTask, InstanceHeader, UserTask, Job, Subscription, Incident, Definition, Session)


def get_default(spec: Any) -> Any:
    if spec.default_factory is not MISSING:
        return spec.default_factory()
    return spec.default


def is_trimmed(kind: type, row: list[Any]) -> bool:
    """Whether the last value that the row has is not the default of its field."""
    return not row or row[-1] != get_default(fields(kind)[len(row) - 1])


def build_fields(kind: type) -> st.SearchStrategy[dict[str, Any]]:
    """The values of some fields, and of all that have no default."""
    hints = get_type_hints(kind, localns=vars(values))
    needed = {spec.name: build_value(hints[spec.name]) for spec in fields(kind) if get_default(spec) is MISSING}
    others = {spec.name: build_value(hints[spec.name]) for spec in fields(kind) if spec.name not in needed}
    return st.fixed_dictionaries(needed, optional=others)


def build_value(hint: Any) -> st.SearchStrategy[Any]:
    mapping = get_origin(hint) in (dict, Mapping)
    return st.dictionaries(st.text(), st.text() | st.integers()) if mapping else st.from_type(hint)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25)
@given(data=st.data())
def test_a_record_comes_back_from_its_row_which_ends_before_the_defaults(kind: type[Any], data: st.DataObject) -> None:
    record = kind(**data.draw(build_fields(kind)))

    row = to_row(record)

    assert from_row(kind, row) == record
    assert is_trimmed(kind, row)


def test_a_row_holds_plain_values_only() -> None:
    data: Any = {"kind": EventType.TRIGGERED, "at": [(1, 2)]}
    event = Event(position=1, at=2, type=EventType.FLOW_TAKEN, data=data)

    row = to_row(event)

    assert row == [1, 2, "FlowTaken", None, None, {"kind": "Triggered", "at": [[1, 2]]}]
    assert [type(value) for value in (row[2], *cast("dict[str, Any]", row[5]).values())] == [str, str, list]


def test_the_data_of_an_event_is_copied_into_its_row() -> None:
    data = {"id": "t"}
    row = to_row(Event(position=1, at=2, type=EventType.TIMER_SET, data=data))

    data["id"] = "changed"

    assert row[5] == {"id": "t"}


def test_declared_variables_keep_their_declaration() -> None:
    declared = {"n": declare(5, Declaration(type="Long"))}
    event = Event(position=1, at=2, type=EventType.VARIABLES_CHANGED, data=declared)

    row = to_row(event)

    assert row[5] == {"n": 5, TYPES: {"n": ["Long", None, None]}}
    assert get_declaration(from_row(Event, row).data["n"]) == Declaration(type="Long")


def test_a_record_of_defaults_has_an_empty_row() -> None:
    @immutable
    class Nothing:
        first: str | None = None
        second: int = 0

    assert to_row(Nothing()) == []
    assert to_row(Nothing(second=1)) == [None, 1]
