"""Models of requests and answers: reading, refusing, and the one policy for unknown names."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from baton.model.errors import BadRequest
from baton.web import jsons
from baton.web.models.base import Answer, Command, Query
from baton.web.models.fields import Moment, Names, NotNegative, Unsupported, Variables, Whole
from baton.web.models.names import Reading, make_warning
from baton.web.models.reading import read_body, read_query


class Filters(Query):
    name: str | None = None
    version: Whole | None = None
    active: bool | None = None
    after: Moment | None = None
    idIn: Names | None = None
    sortOrder: Literal["asc", "desc"] | None = None


class Work(Command):
    workerId: str
    retries: NotNegative | None = None
    filters: Filters | None = None
    variables: Variables | None = None
    later: Unsupported = None


def query(text: str) -> Filters:
    return read_query(Filters, text)


def body(reading: Reading | None = None, **fields: Any) -> Work:
    return read_body(Work, jsons.dump({"workerId": "w", **fields}), reading)


def test_query_parameters_get_their_types() -> None:
    found = query("name=a&version=3&active=true&idIn=a,b&idIn=c&after=1970-01-01T00:00:01.000%2B0000")
    assert found == Filters.model_construct(name="a", version=3, active=True, idIn=("a", "b", "c"), after=1000)


def test_an_empty_parameter_is_as_if_absent_unless_it_is_a_text() -> None:
    assert query("name=&version=&active=&after=&idIn=") == Filters(name="")


def test_a_plus_that_became_a_blank_in_a_date_is_understood() -> None:
    assert query("after=1970-01-01T01:00:01.000+0100").after == 1000


@pytest.mark.parametrize("text", ["version=x", "active=yes", "after=today", "sortOrder=up", "version=9999999999"])
def test_a_query_parameter_of_a_wrong_type_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match=f"'{text.partition('=')[0]}'"):
        query(text)


def test_a_body_is_read_and_null_is_absent() -> None:
    found = body(retries=3.0, variables={"a": {"value": 1, "workerId": "w"}}, filters=None)
    assert (found.workerId, found.retries, found.variables, found.filters) == ("w", 3, {"a": 1}, None)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"retries": "3"}, "an integer for 'retries'"),
        ({"retries": True}, "an integer for 'retries'"),
        ({"retries": -1}, "0 or more for 'retries', but found the number -1"),
        ({"workerId": 1}, "a text for 'workerId'"),
        ({"workerId": None}, "Expected a value for the field 'workerId', but found none"),
        ({"filters": {"idIn": "a"}}, "idIn"),
        ({"filters": {"idIn": [1]}}, "a text for 'idIn'"),
        ({"filters": {"active": "true"}}, "true or false for 'active'"),
        ({"filters": {"after": 12}}, "a date for 'after'"),
        ({"filters": {"sortOrder": "up"}}, "one of asc, desc for 'sortOrder', but found 'up'"),
        ({"filters": []}, "an object for 'filters'"),
        ({"variables": []}, "an object of variables"),
        ({"later": "2026-11-20"}, "no 'later' in the body, which Baton does not support"),
    ],
)
def test_a_field_that_does_not_fit_is_refused_with_what_was_expected(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        body(**fields)


@pytest.mark.parametrize("data", [b"[]", b"{", b'"a"', b"1"])
def test_a_body_that_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(BadRequest, match="Expected a JSON"):
        read_body(Work, data)


def test_an_unknown_query_parameter_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(BadRequest, match=r"only known query parameters \(active,.*'activ'; did you mean 'active'"):
        query("activ=true")


def test_an_unknown_filter_in_a_body_is_refused_wherever_it_is() -> None:
    with pytest.raises(BadRequest, match=r"only known fields \(active,.*'nam'; did you mean 'name'"):
        body(filters={"nam": "x"})


def test_unknown_fields_of_a_command_are_ignored_and_reported() -> None:
    reading = Reading()
    assert body(reading, wokerId="x", retires=1).workerId == "w"
    assert reading.ignored == ["wokerId", "retires"]
    assert make_warning(reading.ignored) == '299 baton "Ignored unknown fields: wokerId, retires"'


@pytest.mark.parametrize("text", ["_=123", "skipCustomListeners=false", "orQueries=", "withoutX=false"])
def test_names_without_effect_are_accepted_in_a_query(text: str) -> None:
    assert query(text) == Filters()


@pytest.mark.parametrize("fields", [{"orQueries": []}, {"flag": False}, {"gone": None}, {"skipCustomListeners": False}])
def test_names_without_effect_are_accepted_in_bodies_and_not_reported(fields: dict[str, Any]) -> None:
    reading = Reading()
    assert body(reading, filters=fields, **fields).filters == Filters()
    assert reading.ignored == []


def test_a_flag_that_cannot_be_honoured_is_reported_and_never_refused_wherever_it_is() -> None:
    reading = Reading()
    assert body(reading, filters={"skipCustomListeners": True}, skipCustomListeners=True).filters == Filters()
    assert reading.ignored == ["skipCustomListeners"] * 2
    ignored: list[str] = []
    assert read_query(Filters, "skipCustomListeners=true", ignored) == Filters()
    assert ignored == ["skipCustomListeners"]


def test_a_warning_holds_nothing_that_a_header_may_not() -> None:
    assert make_warning(['a"b\\', "line\r\nbreak", "ü"]) == '299 baton "Ignored unknown fields: a\'b?, line??break, ?"'
    assert make_warning([str(number) for number in range(30)]).endswith('19 and 10 more"')


class Shown(Answer):
    omitted = frozenset({"more"})

    id: str
    name: str | None
    more: dict[str, int] | None = None


def test_an_answer_is_sent_with_its_nulls_but_without_what_is_left_out() -> None:
    assert jsons.load(jsons.dump([Shown(id="a", name=None)])) == [{"id": "a", "name": None}]
    assert jsons.load(jsons.dump(Shown(id="a", name="b", more={"x": 1}))) == {
        "id": "a",
        "name": "b",
        "more": {"x": 1},
    }
    assert Shown.model_json_schema(mode="serialization")["required"] == ["id", "name"]
