"""``camunda:formData``: each type and constraint, with what is converted and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from baton.forms import FormRefused, convert_submitted, read_form_data
from baton.model.attributes import Expression, FormField
from baton.model.declared import Declaration, declare, get_declaration
from baton.model.values import Value

NOW = 1_795_852_800_000


def submit(given: dict[str, Any], *fields: FormField, seen: dict[str, Value] | None = None) -> dict[str, Value]:
    return convert_submitted(read_form_data(fields), given, seen or {}, now=NOW, what="task form 7")


def refuse(given: dict[str, Any], *fields: FormField, seen: dict[str, Value] | None = None) -> str:
    with pytest.raises(FormRefused) as refused:
        submit(given, *fields, seen=seen)
    return refused.value.message


def field(type_: str, *constraints: tuple[str, str], **more: Any) -> FormField:
    return FormField(id="x", type=type_, constraints=constraints, **more)


ENUM = field("enum", choices=(("a", "A"), ("b", "B")))
CONVERTED = [
    (field("boolean"), "true", True),
    (field("boolean"), "False", False),
    (field("boolean"), True, True),
    (field("boolean"), "", None),
    (field("long"), "12", 12),
    (field("long"), 12.0, 12),
    (field("long"), 2**40, 2**40),
    (field("integer"), " -3 ", -3),
    (field("double"), "1.5", 1.5),
    (field("double"), "12", 12),
    (field("string"), 12, "12"),
    (field("string"), True, "true"),
    (field("string"), "", ""),
    (field("date"), "2026-12-01", datetime(2026, 12, 1, tzinfo=UTC)),
    (field("date"), "2026-12-01T09:30:00.000+0100", datetime.fromisoformat("2026-12-01T09:30:00+01:00")),
    (field("date"), "01/12/2026", datetime(2026, 12, 1, tzinfo=UTC)),
    (field("date", properties=(("datePattern", "d. M. yyyy"),)), "1. 12. 2026", datetime(2026, 12, 1, tzinfo=UTC)),
    (field("date"), datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
    (ENUM, "b", "b"),
    (field("json"), '{"a": [1]}', {"a": [1]}),
    (field("json"), [1], [1]),
    (field("colour"), "any text", "any text"),
    (field("long", ("min", "500"), ("max", "900")), "500", 500),
    (field("long", ("min", "500"), ("max", "900")), 900, 900),
    (field("string", ("minlength", "2"), ("maxlength", "3")), "ab", "ab"),
    (field("string", ("required", "false")), None, None),
]
REFUSED = [
    (field("boolean"), "yes", """Expected true or false for field 'x', but found "yes\""""),
    (field("boolean"), 1, "Expected true or false for field 'x', but found 1"),
    (field("long"), "twelve", """Expected a whole number for field 'x', but found "twelve\""""),
    (field("long"), 1.5, "but found 1.5"),
    (field("long"), 2**63, "Expected a whole number"),
    (field("long"), True, "but found true"),
    (field("integer"), 2**31, "at most 32 bits"),
    (field("double"), "1,5", "Expected a number for field 'x'"),
    (field("double"), "nan", "Expected a number for field 'x'"),
    (field("string"), {"a": 1}, "Expected a text for field 'x', but found {\"a\": 1}"),
    (field("date"), "soon", "or 'dd/MM/yyyy' for field 'x', but found \"soon\""),
    (field("date"), "2026-13-01", "Expected a date"),
    (field("date", properties=(("datePattern", "yyyy"),)), "12. 2026", "or 'yyyy'"),
    (ENUM, "c", 'Expected one of its choices ("a", "b") for field \'x\', but found "c"'),
    (field("json"), "{", "Expected JSON for field 'x'"),
    (field("long", ("min", "500")), "499", "Expected at least 500 for field 'x', but found 499"),
    (field("double", ("max", "0.5")), 0.6, "Expected at most 0.5"),
    (field("string", ("minlength", "2")), "a", "Expected at least 2 characters"),
    (field("string", ("maxlength", "3")), "abcd", "Expected at most 3 characters"),
    (field("string", ("required", "")), "", "Expected a value for field 'x', which is required, but found none"),
    (field("long", ("required", "")), "", "which is required"),
    (field("long", ("required", "true")), None, "which is required"),
    (field("string", ("readonly", "")), "a", "Expected nothing for field 'x', which is read-only, but found \"a\""),
    (field("string", ("min", "1")), "a", "constraint 'min' does not go with its type 'string': correct the model"),
    (field("long", ("max", "many")), 1, "constraint 'max' is 'many' instead of a number"),
]


@pytest.mark.parametrize(("form", "given", "expected"), CONVERTED, ids=lambda item: str(getattr(item, "type", item)))
def test_what_says_a_value_of_the_type_becomes_one(form: FormField, given: Any, expected: Value) -> None:
    converted = submit({"x": given, "other": "yes"}, form)["x"]
    assert (type(expected) is bool) is (type(converted) is bool)
    assert converted == expected


@pytest.mark.parametrize(("form", "given", "said"), REFUSED, ids=lambda item: str(getattr(item, "type", item))[:40])
def test_what_does_not_fit_is_refused_with_its_field(form: FormField, given: Any, said: str) -> None:
    message = refuse({"x": given}, form)
    assert message.startswith("Cannot submit task form 7: ")
    assert said in message


def test_a_long_keeps_its_type() -> None:
    assert get_declaration(submit({"x": "12"}, field("long"))["x"]) == Declaration(type="Long")
    assert get_declaration(submit({"x": declare(12, Declaration(type="Short"))}, field("integer"))["x"]) is not None


def test_all_faults_are_named_at_once() -> None:
    message = refuse({"x": "yes"}, field("boolean"), FormField(id="y", constraints=(("required", ""),)))
    assert "field 'x'" in message
    assert "field 'y', which is required" in message


def test_a_required_field_may_be_there_already_but_is_not_emptied() -> None:
    required = field("long", ("required", ""))
    assert submit({}, required, seen={"x": 5}) == {}
    assert "required" in refuse({"x": None}, required, seen={"x": 5})


def test_a_default_stands_in_where_nothing_is_known() -> None:
    constant, computed = field("long", default=Expression("7")), field("long", default=Expression("${a + 1}", "juel"))
    assert submit({}, constant) == {"x": 7}
    assert submit({}, constant, seen={"x": 5}) == {}
    assert submit({"x": None}, constant) == {"x": None}
    assert submit({"a": 2}, computed) == {"a": 2, "x": 3}
    assert "its default fails" in refuse({}, computed)
    assert "Expected at most 5" in refuse({}, field("long", ("max", "5"), default=Expression("7")))


def test_a_read_only_value_may_be_sent_back_as_it_was() -> None:
    shown = field("string", ("readonly", ""), default=Expression("d"))
    assert submit({"x": "a"}, shown, seen={"x": "a"}) == {"x": "a"}
    assert submit({"x": "d"}, shown) == {"x": "d"}
    assert "read-only" in refuse({"x": "b"}, shown, seen={"x": "a"})
