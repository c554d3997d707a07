"""What the report says, and what stays in the file of what was replaced."""

from __future__ import annotations

import pytest
from lxml import etree

from baton.convert import NoteKind, convert
from baton.convert.simple_scripts import translate
from baton.convert.topics import name_class, name_expression
from tests.convert.files import convert_file, list_messages, read


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("org.shop.ChargeCardDelegate", "charge-card"),
        ("ChargeCard", "charge-card"),
        ("com.acme.XMLExportJavaDelegate", "xml-export"),
        ("a.b.Outer$InnerListener", "inner"),
        ("Delegate", "delegate"),
    ],
)
def test_a_topic_says_what_the_class_does(name: str, topic: str) -> None:
    assert name_class(name) == topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("${chargeCardDelegate}", "charge-card"),
        ("#{orders.countOpen(1)}", "orders.count-open"),
        ("${a.b.c()}", "a.b.c"),
        ("${'text'.concat(x.y())}", "the-task"),
    ],
)
def test_a_topic_says_which_bean_is_called(text: str, topic: str) -> None:
    assert name_expression(text, "The task") == topic


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("groovy", "42", ("feel", "42")),
        ("javascript", "42;", ("feel", "42")),
        ("groovy", "'paid'", ("feel", '"paid"')),
        ("JavaScript", "true", ("feel", "true")),
        ("groovy", "1 + 1", ("feel", "1 + 1")),
        ("groovy", 'execution.getVariable("price")', ("feel", "price")),
        ("groovy", "price", ("juel", "${price}")),
        ("groovy", "price + 1", None),
        ("groovy", "price == 'x'", None),
        ("groovy", '"$price"', None),
        ("javascript", "undefined", None),
        ("groovy", "7 / 2", None),
        ("groovy", "1\n+ 1; x = 2", None),
        ("ruby", "42", None),
        ("groovy", "return 42", None),
    ],
)
def test_only_a_script_that_means_the_same_becomes_an_expression(
    language: str, text: str, wanted: tuple[str, str] | None
) -> None:
    assert translate(language, text) == wanted


def test_every_note_has_the_element_and_the_line_in_the_file_as_it_was() -> None:
    note = next(note for note in convert_file("java-class").notes if note.kind is NoteKind.TO_DO)

    assert (note.element, note.line) == ("Do", 7)
    assert (
        note.message
        == "topic 'charge-card' needs a worker that does what camunda:class 'org.shop.ChargeCardDelegate' did"
    )


def test_injected_fields_become_inputs() -> None:
    root = etree.XML(convert_file("java-class").content)

    inputs = {each.get("name"): each.text for each in root.iter("{*}inputParameter")}
    assert inputs == {"currency": "EUR", "amount": "${price * 2}"}


def test_a_class_that_an_external_task_has_beside_its_topic_is_removed_as_it_has_no_effect() -> None:
    content = read("java-class").replace(b"camunda:class", b'camunda:type="external" camunda:topic="pay" camunda:class')

    found = convert(content)

    assert found.runs
    assert [topic.name for topic in found.topics] == ["pay"]
    assert any("has no effect" in message for message in list_messages(found, NoteKind.CHANGED))


def test_a_class_beside_a_connector_that_baton_has_is_removed() -> None:
    content = read("plain-http-connector").replace(b'id="Do"', b'id="Do" camunda:class="org.shop.Old"')

    found = convert(content)

    assert found.runs
    assert b'value="org.shop.Old"' in found.content


def test_the_script_stays_beside_the_task_as_it_was() -> None:
    [topic] = convert_file("groovy-script").topics

    assert topic.script == "def sum = 0\nlines.each { sum += it.price } // a < b && c\nreturn sum"
    assert topic.result == "total"


def test_a_script_in_a_file_beside_is_kept_with_its_place() -> None:
    [topic] = convert_file("script-file").topics

    assert topic.origin == {
        "scriptFormat": "groovy",
        "scriptResource": "classpath://scripts/total.groovy",
        "script": "sum(lines)",
    }


def test_a_listener_that_nobody_can_be_called_for_is_named_with_what_to_do() -> None:
    found = convert_file("task-listeners")

    assert any("'assignment'" in message for message in list_messages(found, NoteKind.CHANGED))
    assert any("org.shop.TellManager" in message for message in list_messages(found, NoteKind.TO_DO))
    assert b'value="org.shop.TellManager"' in found.content


def test_beans_that_stay_in_expressions_are_named() -> None:
    [message] = list_messages(convert_file("bean-assignee"), NoteKind.TO_DO)

    assert "'users.pick'" in message


def test_forms_and_validators_that_are_not_shown_are_named() -> None:
    assert "embedded:app:forms/approve.html" in list_messages(convert_file("embedded-form"), NoteKind.TO_DO)[0]
    assert "org.shop.AmountValidator" in list_messages(convert_file("form-data"), NoteKind.TO_DO)[0]


@pytest.mark.parametrize(
    ("name", "dialect"), [("activiti", "Activiti"), ("flowable", "Flowable"), ("operaton", "Camunda 7")]
)
def test_the_engine_that_the_file_was_written_for_is_named(name: str, dialect: str) -> None:
    assert convert_file(name).dialect == dialect


def test_a_file_of_camunda_8_is_compared_and_not_changed() -> None:
    content = (
        read("plain-expression")
        .replace(b"http://camunda.org/schema/1.0/bpmn", b"http://camunda.org/schema/zeebe/1.0")
        .replace(b' camunda:expression="${price * 2}" camunda:resultVariable="double" />', b"><bpmn:extensionElements>"
                 b'<camunda:taskDefinition type="double" /></bpmn:extensionElements></bpmn:serviceTask>')
    )  # fmt: skip

    found = convert(content)

    assert (found.dialect, found.content) == ("Camunda 8", content)
    [message] = list_messages(found, NoteKind.DIFFERS)
    assert message.startswith("the job is an external task")


def test_a_file_of_spiffarena_is_compared_and_not_changed() -> None:
    content = read("no-ids").replace(
        b'targetNamespace="t"', b'xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="t"'
    ).replace(b'<userTask id="Do"/>', b'<userTask id="Do"><extensionElements><s:preScript>x = 1</s:preScript>'
              b"</extensionElements></userTask>")  # fmt: skip

    found = convert(content)

    assert found.dialect == "SpiffArena"
    assert "the script runs in Baton's sandbox: no imports beyond it" in list_messages(found, NoteKind.DIFFERS)
