"""JSON Schemas: what fits, what does not, and which of them can be used at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from baton.model.declared import Declaration, declare
from baton.model.values import FileValue, Value
from baton.schemas import list_faults, list_mistakes

ORDER = json.dumps(
    {
        "type": "object",
        "required": ["order"],
        "additionalProperties": False,
        "properties": {
            "order": {"type": "object", "properties": {"items": {"type": "array", "items": {"$ref": "#/$defs/item"}}}}
        },
        "$defs": {"item": {"required": ["price"], "properties": {"price": {"type": "number", "minimum": 0}}}},
    }
)


def test_what_fits_has_no_fault() -> None:
    assert list_faults(ORDER, {"order": {"items": [{"price": 5}, {"price": 0.5}]}}) == []


def test_every_fault_is_told_by_its_path() -> None:
    faults = list_faults(ORDER, {"order": {"items": [{"price": "5"}, {}, {"price": -1}]}, "extra": 1})

    assert [fault.split(":")[0] for fault in faults] == [
        "order.items[0].price",
        "order.items[1]",
        "order.items[2].price",
        "variables",
    ]
    assert "'extra'" in faults[-1]


def test_a_fault_does_not_tell_the_value() -> None:
    text = json.dumps({"properties": {"card": {"type": "integer"}, "name": {"pattern": "^a"}, "kind": {"enum": [1]}}})

    faults = list_faults(text, {"card": "4111-1111", "name": "4111-1111", "kind": "4111-1111"})

    assert len(faults) == 3
    assert "4111" not in str(faults)


def test_only_so_many_faults_are_told() -> None:
    items: list[Value] = [{} for _ in range(1_000)]

    assert len(list_faults(ORDER, {"order": {"items": items}})) == 20


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (datetime(2026, 1, 2, tzinfo=UTC), {"type": "string", "format": "date-time"}),
        (b"\x00\x01", {"const": "AAE="}),
        (FileValue("a.pdf", b"x", "application/pdf"), {"properties": {"mimetype": {"const": "application/pdf"}}}),
        (declare(5, Declaration(type="Long")), {"type": "integer"}),
        (declare([1], Declaration(type="Object")), {"type": "array"}),
        (10**40, {"type": "integer"}),
        (None, {"type": "null"}),
    ],
)
def test_values_of_all_types_are_seen_as_json(value: Value, wanted: dict[str, Any]) -> None:
    assert list_faults(json.dumps({"properties": {"it": wanted}}), {"it": value}) == []
    assert list_faults(json.dumps({"properties": {"it": {"not": wanted}}}), {"it": value}) != []


def make_doubling(levels: int) -> dict[str, Any]:
    """Each level is applied twice by the one above."""
    parts = {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(levels)}
    return {"$defs": {**parts, f"a{levels}": {"type": "string"}}, "$ref": "#/$defs/a0"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not JSON"),
        ("[" * 5_000, "not JSON"),
        ("[]", "an object"),
        ('{"type": "text"}', "at '/type'"),
        ('{"required": "a"}', "at '/required'"),
        ('{"format": "post-code"}', "Unknown format"),
        ('{"pattern": "(?=a)a"}', "at '/pattern'"),
        ('{"$schema": "https://example.org/schema"}', "a draft of JSON Schema"),
        ('{"$ref": "https://example.org/order.json"}', "a place in the schema"),
        ('{"$ref": "#/$defs/order"}', "a place in the schema"),
        ('{"properties": {"next": {"$ref": "#"}}}', "refers to itself"),
        ('{"$dynamicRef": "#a"}', "without '$dynamicRef'"),
        ('{"properties": {"a": {"$id": "https://example.org/a"}}}', "only at the root"),
        (json.dumps(make_doubling(30)), "parts"),
        ('{"a": ' * 60 + "1" + "}" * 60, "deep"),
        (json.dumps({"title": "x" * 70_000}), "bytes"),
    ],
)
def test_what_cannot_be_used_is_told(text: str, why: str) -> None:
    mistakes, ineffective = list_mistakes(text)

    assert why in mistakes[0]
    assert ineffective == []


def test_a_keyword_that_has_no_effect_is_told() -> None:
    text = json.dumps({"requird": ["a"], "x-ours": 1, "properties": {"requird": {}}, "$defs": {"b": {"typ": "string"}}})

    mistakes, ineffective = list_mistakes(text)

    assert mistakes == []
    assert [line.split("'")[1] for line in ineffective] == ["requird", "typ"]


def test_drafts_of_before_are_read_as_they_were_meant() -> None:
    text = json.dumps(
        {"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"items": [{"type": "string"}]}}}
    )

    assert list_mistakes(text) == ([], [])
    assert list_faults(text, {"a": [1, 2]}) != []
    assert list_faults(text, {"a": ["1", 2]}) == []
