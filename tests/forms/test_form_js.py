"""Schemas of form-js: components, validation, groups, lists and conditions."""

from __future__ import annotations

from typing import Any

import pytest

from baton.forms import FormRefused, convert_submitted, read_form_js
from baton.model.values import Value

NOW = 1_795_852_800_000


def submit(given: dict[str, Any], *components: dict[str, Any]) -> dict[str, Value]:
    fields = read_form_js({"components": list(components)})
    return convert_submitted(fields, given, {}, now=NOW, what="form")


def component(type_: str, key: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": type_, "key": key, **more}


CHOICES = [{"label": "A", "value": "a"}, {"label": "One", "value": 1}]
CONVERTED = [
    (component("number"), "12", 12),
    (component("number"), "1.25", 1.25),
    (component("number", serializeToString=True), "0.10", "0.10"),
    (component("checkbox"), "true", True),
    (component("textfield"), 12, "12"),
    (component("select", values=CHOICES), 1, 1),
    (component("select", valuesKey="offers"), "anything", "anything"),
    (component("taglist", values=CHOICES), ["a", 1], ["a", 1]),
    (component("datetime", subtype="date"), "2026-12-01", "2026-12-01"),
    (component("datetime", subtype="time"), "09:30", "09:30"),
    (component("datetime", subtype="datetime"), "2026-12-01T09:30Z", "2026-12-01T09:30Z"),
    (component("filepicker"), "files::1", "files::1"),
    (component("textfield", validate={"validationType": "email"}), "ann@example.org", "ann@example.org"),
    (component("textfield", validate={"pattern": "^[A-Z]{2}$"}), "", ""),
    (component("number", validate={"max": "=limit"}), 99, 99),
]
REFUSED = [
    (component("number"), "many", "Expected a number for field 'x', but found \"many\""),
    (component("checkbox"), "yes", "Expected true or false for field 'x'"),
    (component("radio", values=CHOICES), "1", 'one of its choices ("a", 1)'),
    (component("checklist", values=CHOICES), ["a", "b"], "a list of its choices"),
    (component("checklist", values=CHOICES), "a", "a list of its choices"),
    (component("datetime", subtype="date"), "01.12.2026", "a date such as '2026-12-01'"),
    (component("textfield", validate={"required": True}), "", "which is required"),
    (component("taglist", validate={"required": True}), [], "which is required"),
    (component("textfield", validate={"minLength": 2}), "a", "at least 2 characters"),
    (component("textarea", validate={"maxLength": "2"}), "abc", "at most 2 characters"),
    (component("number", validate={"min": 1}), 0, "at least 1"),
    (component("number", validate={"max": 1}), 2, "at most 1"),
    (component("textfield", validate={"pattern": "^[A-Z]{2}$"}), "abc", "fits the pattern ^[A-Z]{2}$"),
    (component("textfield", validate={"validationType": "email"}), "ann", "fits the pattern"),
    (component("textfield", validate={"pattern": "(?=a)b"}), "abc", "its pattern cannot be used"),
    (component("textfield", readonly=True), "a", "read-only"),
    (component("textfield", disabled=True), "a", "read-only"),
    (component("dynamiclist", path="x"), {"a": 1}, "a list of objects"),
]


@pytest.mark.parametrize(("form", "given", "expected"), CONVERTED, ids=lambda item: str(item)[:60])
def test_what_fits_a_component_is_converted(form: dict[str, Any], given: Any, expected: Value) -> None:
    converted = submit({"x": given}, form)["x"]
    assert (type(converted), converted) == (type(expected), expected)


@pytest.mark.parametrize(("form", "given", "said"), REFUSED, ids=lambda item: str(item)[:60])
def test_what_does_not_fit_is_refused(form: dict[str, Any], given: Any, said: str) -> None:
    with pytest.raises(FormRefused) as refused:
        submit({"x": given}, form)
    assert said in refused.value.message


def test_what_is_hidden_is_not_asked_for() -> None:
    reason = component("textfield", "reason", validate={"required": True}, conditional={"hide": "=approved = true"})
    group = {"type": "group", "components": [reason], "conditional": {"hide": "=approved = null"}}
    assert submit({"approved": True}, group) == {"approved": True}
    assert submit({}, group) == {}
    with pytest.raises(FormRefused, match="field 'reason', which is required"):
        submit({"approved": False}, group)


def test_fields_of_groups_and_lists_are_named_by_their_path() -> None:
    amount = component("number", "amount", validate={"required": True})
    group = {"type": "group", "path": "order", "components": [amount]}
    rows = {"type": "dynamiclist", "path": "rows", "components": [amount]}
    dotted = component("checkbox", "customer.adult")

    converted = submit(
        {"order": {"amount": "1"}, "rows": [{"amount": "2"}], "customer": {"adult": "true"}}, group, rows, dotted
    )
    assert converted == {"order": {"amount": 1}, "rows": [{"amount": 2}], "customer": {"adult": True}}

    with pytest.raises(FormRefused) as refused:
        submit({"rows": [{"amount": "a"}, 7], "customer": {"adult": "no"}}, group, rows, dotted)
    places = ["'order.amount'", "'rows[0].amount'", "'rows[1]'", "'customer.adult'"]
    assert [place in refused.value.message for place in places] == [True] * 4


@pytest.mark.parametrize("schema", [None, [], 7, {"components": {}}, {"components": [1, {"type": "button"}]}])
def test_a_file_that_is_no_schema_demands_nothing(schema: object) -> None:
    assert read_form_js(schema) == ()
