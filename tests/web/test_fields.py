"""Declared fields: parsing and refusing."""

from __future__ import annotations

from typing import Any

import pytest

from baton.model.errors import BadRequest
from baton.web.fields import Field, Shape, booleans, dates, integers, lists, parse_body, parse_query, strings

FIELDS = (
    *strings("name"),
    *integers("version"),
    *booleans("active"),
    *dates("after"),
    *lists("idIn"),
    Field("sortOrder", choices=("asc", "desc")),
)
KNOWN = {field.name: field for field in FIELDS}
BODY = Shape("Body", (*FIELDS, Field("workerId", required=True), Field("variables", "variables")))


def query(**args: str) -> dict[str, Any]:
    return parse_query(KNOWN, {name: [text] for name, text in args.items()})


def body(**fields: Any) -> dict[str, Any]:
    return parse_body(BODY, BODY.known(), {"workerId": "w", **fields})


def test_query_parameters_get_their_types() -> None:
    assert query(name="a", version="3", active="true", idIn="a,b", after="1970-01-01T00:00:01.000+0000") == {
        "name": "a",
        "version": 3,
        "active": True,
        "idIn": ("a", "b"),
        "after": 1000,
    }


def test_a_plus_that_became_a_blank_in_a_date_is_understood() -> None:
    assert query(after="1970-01-01T01:00:01.000 0100") == {"after": 1000}


def test_an_unknown_query_parameter_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(BadRequest, match=r"active.*but found 'activ'"):
        query(activ="true")


@pytest.mark.parametrize(
    "args",
    [{"version": "x"}, {"active": "yes"}, {"after": "today"}, {"sortOrder": "up"}],
    ids=lambda args: next(iter(args)),
)
def test_a_query_parameter_of_a_wrong_type_is_refused(args: dict[str, str]) -> None:
    with pytest.raises(BadRequest, match=next(iter(args))):
        query(**args)


def test_a_body_is_read_and_null_is_absent() -> None:
    assert body(name=None, version=3, variables={"a": {"value": 1}}) == {
        "workerId": "w",
        "version": 3,
        "variables": {"a": 1},
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"version": "3"},
        {"version": True},
        {"active": "true"},
        {"name": 1},
        {"idIn": "a"},
        {"after": 12},
        {"variables": []},
    ],
)
def test_a_field_of_a_wrong_type_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match=next(iter(fields))):
        body(**fields)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(BadRequest, match="wokerId"):
        body(wokerId="x")


def test_a_missing_field_is_named() -> None:
    with pytest.raises(BadRequest, match="'workerId', but found none"):
        parse_body(BODY, BODY.known(), {})
