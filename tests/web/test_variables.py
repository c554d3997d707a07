"""Variables between the API's typed JSON and plain values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from baton.model.declared import remove_declaration
from baton.model.errors import BadRequest
from baton.model.values import FileValue, Value
from baton.web.jsons import dump
from baton.web.variables import from_rest, from_rest_variables, to_rest

MOMENT = datetime(2026, 11, 20, 18, 4, 5, 123000, UTC)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ({"value": "a", "type": "String"}, "a"),
        ({"value": 12, "type": "Integer"}, 12),
        ({"value": "12", "type": "Integer"}, 12),
        ({"value": 12, "type": "Short"}, 12),
        ({"value": 1 << 40, "type": "Long"}, 1 << 40),
        ({"value": 12, "type": "Double"}, 12.0),
        ({"value": "true", "type": "Boolean"}, True),
        ({"value": '{"a": [1, 2]}', "type": "Json"}, {"a": [1, 2]}),
        ({"value": {"a": 1}, "type": "Json"}, {"a": 1}),
        ({"value": None, "type": "Null"}, None),
        ({"value": None, "type": "Integer"}, None),
        ({"value": "2026-11-20T18:04:05.123+0000", "type": "Date"}, MOMENT),
        ({"value": "2026-11-20T19:04:05.123+01:00", "type": "Date"}, MOMENT),
        ({"value": "aGk=", "type": "Bytes"}, b"hi"),
        ({"value": "aGk=", "type": "File", "valueInfo": {"filename": "a.txt"}}, FileValue("a.txt", b"hi")),
        ({"value": 3}, 3),
        ({"value": [1, {"a": None}]}, [1, {"a": None}]),
        (
            {"value": '["a"]', "type": "Object", "valueInfo": {"serializationDataFormat": "application/json"}},
            ["a"],
        ),
    ],
)
def test_a_typed_value_is_read(typed: dict[str, Any], value: Value) -> None:
    assert from_rest("x", typed) == value
    assert type(remove_declaration(from_rest("x", typed))) is type(value)


def test_type_names_may_begin_with_a_small_letter_as_the_javascript_client_writes_them() -> None:
    assert from_rest("x", {"value": 1, "type": "integer"}) == 1
    assert from_rest("x", {"value": '{"a":1}', "type": "json"}) == {"a": 1}


@pytest.mark.parametrize(
    "typed",
    [
        {"value": "abc", "type": "Integer"},
        {"value": 1 << 31, "type": "Integer"},
        {"value": True, "type": "Integer"},
        {"value": 1.5, "type": "Long"},
        {"value": 40_000, "type": "Short"},
        {"value": "yes", "type": "Boolean"},
        {"value": "tomorrow", "type": "Date"},
        {"value": "{", "type": "Json"},
        {"value": "?", "type": "Bytes"},
        {"value": "aGk=", "type": "File"},
        {"value": "x", "type": "Xml"},
        {"value": "aGk=", "type": "File", "valueInfo": {"filename": "a.txt", "mimetype": "text/plain\r\nX: y"}},
        {"value": "aGk=", "type": "File", "valueInfo": {"filename": "a.txt", "mimetype": 5}},
        {"value": "aGk=", "type": "File", "valueInfo": {"filename": "a.txt", "encoding": "UTF-8\n"}},
        {
            "value": "x",
            "type": "Object",
            "valueInfo": {"serializationDataFormat": "application/x-java-serialized-object"},
        },
        12,
    ],
)
def test_a_value_that_does_not_fit_its_type_is_refused_with_the_name_of_the_variable(typed: Any) -> None:
    with pytest.raises(BadRequest, match="amount"):
        from_rest("amount", typed)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("a", "String"),
        (True, "Boolean"),
        (12, "Integer"),
        ((1 << 31) - 1, "Integer"),
        (1 << 31, "Long"),
        (-(1 << 31), "Integer"),
        ((1 << 63) - 1, "Long"),
        (-(1 << 63), "Long"),
        (1 << 63, "Json"),
        (-(1 << 63) - 1, "Json"),
        (1.5, "Double"),
        (None, "Null"),
        (MOMENT, "Date"),
        (b"hi", "Bytes"),
        ([1], "Json"),
        ({"a": 1}, "Json"),
        (FileValue("a.txt", b"hi"), "File"),
    ],
)
def test_the_type_is_told_from_the_value(value: Value, kind: str) -> None:
    assert to_rest(value)["type"] == kind


def test_lists_and_objects_come_as_text_unless_they_are_to_be_deserialized() -> None:
    assert to_rest({"a": [1]}, deserialize=False)["value"] == '{"a":[1]}'
    assert to_rest({"a": [1]})["value"] == {"a": [1]}


def test_a_whole_number_beyond_64_bits_is_json_text_unless_it_is_to_be_deserialized() -> None:
    assert to_rest(1 << 70, deserialize=False)["value"] == str(1 << 70)
    assert to_rest(1 << 70)["value"] == 1 << 70


def test_dates_are_written_as_camunda_writes_them() -> None:
    assert to_rest(MOMENT)["value"] == "2026-11-20T18:04:05.123+0000"


def test_a_file_shows_its_name_and_not_its_content() -> None:
    shown = to_rest(FileValue("a.txt", b"hi", "text/plain", "UTF-8"))
    assert shown["value"] is None
    assert shown["valueInfo"] == {"filename": "a.txt", "mimeType": "text/plain", "encoding": "UTF-8"}


def test_what_was_written_is_read_again() -> None:
    values: dict[str, Value] = {"a": "x", "b": 1 << 40, "c": {"d": [1, None]}, "e": MOMENT, "f": b"\x00\xff", "g": None}
    typed = {name: to_rest(value, deserialize=False) for name, value in values.items()}
    assert from_rest_variables(orjson.loads(dump(typed)), "variables") == values


def test_numbers_beyond_64_bits_do_not_break_an_answer() -> None:
    assert dump({"a": 1 << 70}) == b'{"a":%d}' % (1 << 70)


@pytest.mark.parametrize(
    "typed",
    [
        {"value": 1 << 63},
        {"value": 1 << 63, "type": "Long"},
        {"value": {"a": [1 << 63]}},
        {"value": '{"a": 9223372036854775808}', "type": "Json"},
    ],
)
def test_a_whole_number_beyond_64_bits_is_refused(typed: Any) -> None:
    with pytest.raises(BadRequest, match="'n'"):
        from_rest("n", typed)


def test_null_is_no_variables() -> None:
    assert from_rest_variables(None, "variables") == {}
