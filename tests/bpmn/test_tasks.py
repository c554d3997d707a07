"""Tasks with the attributes of all dialects become one set of attributes."""

from __future__ import annotations

import pytest

from baton.bpmn import read
from baton.model.attributes import Expression
from baton.model.definition import NodeKind
from tests.bpmn.build import around, model, node, process, rules_of


def text(expression: Expression | None) -> tuple[str, str] | None:
    return (expression.text, expression.dialect) if expression else None


@pytest.mark.parametrize("prefix", ["camunda", "operaton"])
def test_an_external_task_has_topic_priority_retries_and_errors(prefix: str) -> None:
    inner = (
        f"<extensionElements><{prefix}:failedJobRetryTimeCycle>R3/PT10S</{prefix}:failedJobRetryTimeCycle>"
        f'<{prefix}:errorEventDefinition errorRef="e" expression="${{code == 7}}"/></extensionElements>'
    )
    task = (
        f'<serviceTask id="n" {prefix}:type="external" {prefix}:topic="charge-${{country}}" {prefix}:taskPriority="7">'
        f"{inner}</serviceTask>"
    )
    work = node(around(task, '<error id="e" errorCode="DECLINED"/>')).external

    assert work is not None
    assert text(work.topic) == ("charge-${country}", "juel")
    assert text(work.priority) == ("7", "literal")
    assert text(work.retries) == ("R3/PT10S", "literal")
    assert [(e.error_code, e.condition.text) for e in work.errors] == [("DECLINED", "${code == 7}")]


def test_the_process_gives_the_priority_where_the_task_has_none() -> None:
    task = '<startEvent id="s"/><serviceTask id="n" camunda:type="external" camunda:topic="t"/><endEvent id="e"/>'

    work = node(process(task, "s>n>e", attributes='camunda:taskPriority="3"')).external

    assert work is not None
    assert text(work.priority) == ("3", "literal")


def test_a_zeebe_job_has_type_retries_and_headers() -> None:
    task = (
        '<serviceTask id="n"><extensionElements><zeebe:taskDefinition type="=kind" retries="5"/><zeebe:taskHeaders>'
        '<zeebe:header key="url" value="/pay"/></zeebe:taskHeaders></extensionElements></serviceTask>'
    )
    work = node(around(task)).external

    assert work is not None
    assert text(work.topic) == ("=kind", "feel")
    assert text(work.retries) == ("5", "literal")
    assert work.headers == {"url": "/pay"}


def test_a_spiffworkflow_operator_is_external_work_with_its_parameters_as_inputs() -> None:
    task = (
        '<serviceTask id="n"><extensionElements><spiffworkflow:serviceTaskOperator id="http/Get" resultVariable="page">'
        '<spiffworkflow:parameters><spiffworkflow:parameter id="url" type="str" value="base + path"/>'
        "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator></extensionElements></serviceTask>"
    )
    found = node(around(task))

    assert found.external is not None
    assert found.external.topic.text == "http/Get"
    assert found.result_variable == "page"
    assert [(m.name, m.value) for m in found.inputs] == [("url", Expression("base + path", "python", 1))]


def test_a_user_task_has_people_dates_and_a_form() -> None:
    task = (
        '<userTask id="n" camunda:assignee="${clerk}" camunda:candidateUsers="anna, ben" '
        'camunda:candidateGroups="sales" '
        'camunda:dueDate="2030-01-01T00:00:00Z" camunda:followUpDate="${later}" camunda:priority="80">'
        '<extensionElements><camunda:formData><camunda:formField id="amount" label="Amount" type="enum" '
        'defaultValue="${1 + 1}"><camunda:properties><camunda:property id="unit" value="EUR"/></camunda:properties>'
        '<camunda:validation><camunda:constraint name="maxlength" config="100"/></camunda:validation>'
        '<camunda:value id="a" name="A"/></camunda:formField></camunda:formData></extensionElements></userTask>'
    )
    found = node(around(task))

    assert found.user is not None
    assert text(found.user.assignee) == ("${clerk}", "juel")
    assert text(found.user.candidate_users) == ("anna, ben", "literal")
    assert text(found.user.candidate_groups) == ("sales", "literal")
    assert text(found.user.due) == ("2030-01-01T00:00:00Z", "literal")
    assert text(found.user.follow_up) == ("${later}", "juel")
    assert text(found.user.priority) == ("80", "literal")
    assert found.form is not None
    (field,) = found.form.fields
    assert (field.id, field.label, field.type) == ("amount", "Amount", "enum")
    assert text(field.default) == ("${1 + 1}", "juel")
    assert field.choices == (("a", "A"),)
    assert field.constraints == (("maxlength", "100"),)
    assert field.properties == (("unit", "EUR"),)


def test_a_zeebe_user_task_has_people_dates_and_a_form() -> None:
    task = (
        '<userTask id="n"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="=clerk" '
        'candidateGroups="sales"/><zeebe:taskSchedule dueDate="=due"/><zeebe:priorityDefinition priority="10"/>'
        '<zeebe:formDefinition formId="order"/></extensionElements></userTask>'
    )
    found = node(around(task))

    assert found.user is not None
    assert text(found.user.assignee) == ("=clerk", "feel")
    assert text(found.user.candidate_groups) == ("sales", "literal")
    assert text(found.user.due) == ("=due", "feel")
    assert text(found.user.priority) == ("10", "literal")
    assert found.form is not None
    assert found.form.ref == "order"


def test_people_named_by_the_standard_are_read_as_camunda_reads_them() -> None:
    expression = "<resourceAssignmentExpression><formalExpression>{}</formalExpression></resourceAssignmentExpression>"
    task = (
        f'<userTask id="n"><potentialOwner>{expression.format("user(anna), group(clerks), sales")}</potentialOwner>'
        f"<humanPerformer>{expression.format('ben')}</humanPerformer></userTask>"
    )
    user = node(around(task)).user

    assert user is not None
    assert text(user.assignee) == ("ben", "literal")
    assert text(user.candidate_users) == ("anna", "literal")
    assert text(user.candidate_groups) == ("clerks,sales", "literal")


def test_scripts_keep_their_text_and_language() -> None:
    plain = node(
        around('<scriptTask id="n" scriptFormat="text/x-python"><script>x = 1\nif x:\n  y = 2</script></scriptTask>')
    )
    zeebe = node(
        around(
            '<scriptTask id="n"><extensionElements><zeebe:script expression="=1 + 1" resultVariable="two"/>'
            "</extensionElements></scriptTask>"
        )
    )

    assert plain.script is not None
    assert (plain.script.source, plain.script.language) == ("x = 1\nif x:\n  y = 2", "python")
    assert zeebe.script is not None
    assert (zeebe.script.source, zeebe.script.language, zeebe.result_variable) == ("1 + 1", "feel", "two")


def test_a_camunda_expression_is_evaluated_in_place() -> None:
    found = node(around('<serviceTask id="n" camunda:expression="${a + b}" camunda:resultVariable="sum"/>'))

    assert text(found.result) == ("${a + b}", "juel")
    assert found.result_variable == "sum"


def test_send_and_receive_tasks_carry_their_message() -> None:
    message = (
        '<message id="m" name="paid"><extensionElements><zeebe:subscription '
        'correlationKey="=order"/></extensionElements>'
        "</message>"
    )
    send = node(around('<sendTask id="n" messageRef="m"/>', message))
    receive = node(around('<receiveTask id="n" messageRef="m"/>', message))

    for found in (send, receive):
        (event,) = found.events
        assert text(event.name) == ("paid", "literal")
        assert text(event.correlation_key) == ("=order", "feel")


def test_asynchronous_continuations_and_retries_are_read() -> None:
    task = (
        '<task id="n" camunda:asyncBefore="true" camunda:asyncAfter="true" camunda:exclusive="false" '
        'camunda:jobPriority="9"><extensionElements><camunda:failedJobRetryTimeCycle>PT1M,PT5M'
        "</camunda:failedJobRetryTimeCycle></extensionElements></task>"
    )
    found = node(around(task))

    assert (found.async_before, found.async_after, found.exclusive) == (True, True, False)
    assert text(found.job_priority) == ("9", "literal")
    assert text(found.job_retries) == ("PT1M,PT5M", "literal")


def test_listeners_with_a_topic_are_read() -> None:
    task = (
        '<userTask id="n"><extensionElements><camunda:executionListener event="end" topic="audit"/>'
        '<camunda:taskListener event="create"><camunda:field name="topic" stringValue="mail"/></camunda:taskListener>'
        '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="log"/></zeebe:executionListeners>'
        "</extensionElements></userTask>"
    )
    (found,) = read(around(task)).processes

    assert [
        (listener.event, listener.topic.text if listener.topic else None) for listener in found.nodes["n"].listeners
    ] == [
        ("end", "audit"),
        ("create", "mail"),
        ("start", "log"),
    ]


def test_scripts_around_a_task_are_read() -> None:
    found = node(
        around(
            '<task id="n"><extensionElements><spiffworkflow:preScript>a = 1</spiffworkflow:preScript>'
            "<spiffworkflow:postScript>b = 2</spiffworkflow:postScript></extensionElements></task>"
        )
    )

    assert found.pre_script is not None
    assert found.post_script is not None
    assert (found.pre_script.source, found.post_script.source) == ("a = 1", "b = 2")


def test_a_task_marked_as_read_only_needs_no_undo() -> None:
    task = (
        '<serviceTask id="n" camunda:type="external" camunda:topic="t"><extensionElements><camunda:properties>'
        '<camunda:property name="baton:readOnly" value="true"/><camunda:property name="x" value="1"/>'
        "</camunda:properties></extensionElements></serviceTask>"
    )
    found = node(around(task))

    assert found.read_only
    assert found.properties == {"baton:readOnly": "true", "x": "1"}


def test_process_attributes_are_read() -> None:
    attributes = (
        'name="Order" camunda:versionTag="1.2" camunda:historyTimeToLive="P30D" camunda:isStartableInTasklist="false" '
        'camunda:candidateStarterGroups="sales, clerks"'
    )
    found = model(process('<documentation>Sells.</documentation><task id="n"/>', attributes=attributes))

    assert (found.name, found.documentation, found.version_tag) == ("Order", "Sells.", "1.2")
    assert (found.history_ttl_days, found.startable) == (30, False)
    assert found.candidate_groups == ("sales", "clerks")


def test_what_is_not_read_is_named_in_a_warning() -> None:
    reading = read(
        around('<task id="n" camunda:assignee="anna"><extensionElements><zeebe:magic/></extensionElements></task>')
    )

    assert reading.ok
    assert rules_of(reading) == ["unknown-extension", "unknown-extension"]
    assert "camunda:assignee at task 'n'" in reading.problems[0].message
    assert "zeebe:magic" in reading.problems[1].message


def test_a_global_task_becomes_a_process_that_can_be_called() -> None:
    root = '<globalScriptTask id="g" name="Add" scriptLanguage="python"><script>x = 1</script></globalScriptTask>'
    reading = read(around('<callActivity id="n" calledElement="g"/>', root))

    caller, called = reading.processes
    assert caller.nodes["n"].call is not None
    assert caller.nodes["n"].call.key.text == "g"
    (task,) = called.nodes.values()
    assert (called.id, called.startable, task.kind, task.scope) == ("g", False, NodeKind.SCRIPT_TASK, "g")
