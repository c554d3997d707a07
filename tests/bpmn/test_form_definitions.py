"""What a model says of a form, or as the value of an extension, is followed, or refused with its place."""

from __future__ import annotations

import pytest

from baton.bpmn import read
from baton.forms.form_data import KINDS
from baton.model.attributes import FIELD_TYPES
from tests.bpmn.build import around


def find(element: str, rule: str, severity: str = "error") -> list[str]:
    """The messages of the rule about the model."""
    problems = read(around(element)).problems
    return [problem.message for problem in problems if problem.rule == rule and problem.severity.value == severity]


def task(attributes: str = "", fields: str = "") -> str:
    data = f"<extensionElements><camunda:formData>{fields}</camunda:formData></extensionElements>" if fields else ""
    return f'<userTask id="n" {attributes}>{data}</userTask>'


def field(type_: str, constraint: str = "", inside: str = "") -> str:
    validation = f"<camunda:validation>{constraint}</camunda:validation>" if constraint else ""
    return f'<camunda:formField id="a" type="{type_}">{validation}{inside}</camunda:formField>'


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (task('camunda:formRef="f" camunda:formKey="g"'), "Expected a formRef or a formKey"),
        (task('camunda:formRef="f" camunda:formRefBinding="newest"'), "found 'newest'"),
        (task('camunda:formRef="f" camunda:formRefBinding="version"'), "but found none"),
        (task('camunda:formRef="f" camunda:formRefBinding="version" camunda:formRefVersion="1.2"'), "found '1.2'"),
        (task(fields=field("long") + field("string")), "Expected one field 'a'"),
        (task(fields=field("long", '<camunda:constraint name="min" config="few"/>')), "found 'few'"),
        (task(fields=field("date", '<camunda:constraint name="max" config="1"/>')), "of type 'date'"),
        (task(fields=field("string", '<camunda:constraint name="maxlength" config="1.5"/>')), "found '1.5'"),
    ],
)
def test_a_form_that_cannot_be_followed_is_refused(element: str, expected: str) -> None:
    messages = find(element, "form-definition")

    assert len(messages) == 1
    assert expected in messages[0]


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (task('camunda:formRefVersion="2"'), "no effect"),
        (task(fields=field("money")), "it takes any value"),
        (task(fields=field("enum")), "Expected a camunda:value"),
        (task(fields=field("string", '<camunda:constraint name="validator" config="x.Y"/>')), "it is not checked"),
    ],
)
def test_a_part_of_a_form_that_has_no_effect_is_warned_about(element: str, expected: str) -> None:
    messages = find(element, "form-definition", "warning")

    assert len(messages) == 1
    assert expected in messages[0]


@pytest.mark.parametrize(
    "element",
    [
        task('camunda:formRef="f" camunda:formRefBinding="version" camunda:formRefVersion="3"'),
        task('camunda:formRef="f" camunda:formRefBinding="deployment"'),
        task(fields=field("enum", inside='<camunda:value id="x" name="X"/>')),
        task(fields=field("double", '<camunda:constraint name="min" config="0.5"/>')),
        task('camunda:asyncBefore="true" camunda:exclusive="0"'),
        '<callActivity id="n" calledElement="q"><extensionElements><camunda:in variables="all" local="true"/>'
        "</extensionElements></callActivity>",
    ],
)
def test_what_can_be_followed_has_no_problem(element: str) -> None:
    for rule in ("form-definition", "extension-value"):
        assert find(element, rule) + find(element, rule, "warning") == []


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (task('camunda:asyncBefore="on"'), "Expected true or false as 'asyncBefore' of userTask 'n', but found 'on'"),
        (task('camunda:exclusive="perhaps"'), "as 'exclusive'"),
        (
            '<callActivity id="n" calledElement="q"><extensionElements><camunda:in variables="some"/>'
            "</extensionElements></callActivity>",
            "Expected all as 'variables'",
        ),
        (
            '<callActivity id="n" calledElement="q"><extensionElements><camunda:out source="a" target="b" '
            'local="yes"/></extensionElements></callActivity>',
            "Expected true or false as 'local'",
        ),
        (
            '<callActivity id="n"><extensionElements><zeebe:calledElement processId="q" '
            'propagateAllChildVariables="no"/></extensionElements></callActivity>',
            "as 'propagateAllChildVariables'",
        ),
    ],
)
def test_a_value_of_an_extension_that_would_count_as_the_default_is_refused(element: str, expected: str) -> None:
    messages = find(element, "extension-value")

    assert len(messages) == 1
    assert expected in messages[0]


def test_the_types_that_the_check_knows_are_those_that_a_submission_converts() -> None:
    assert set(KINDS) == FIELD_TYPES
