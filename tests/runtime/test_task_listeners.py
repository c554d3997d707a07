"""Task listeners that are an expression or a script see the user task, and may change it, as in Camunda 7."""

from __future__ import annotations

from baton.model import commands
from baton.model.records import UserTask
from tests.bpmn.build import around, process
from tests.runtime.lab import Lab

GONE = "${task.setVariable('gone', task.name)}"


def listener(event: str, expression: str) -> str:
    return f'<camunda:taskListener event="{event}" expression="{expression}"/>'


def asked(*listeners: str, attributes: str = "", name: str = "Decide") -> Lab:
    held = f"<extensionElements>{''.join(listeners)}</extensionElements>"
    return Lab.of(around(f'<userTask id="n" name="{name}" {attributes}>{held}</userTask>').decode())


def test_a_listener_that_a_task_is_created_for_may_change_it() -> None:
    lab = asked(
        listener("create", "${task.setAssignee(boss)}${task.setPriority(task.priority + 1)}"),
        listener("create", "${task.setName(task.name.concat('!'))}${task.addCandidateGroup('sales')}"),
        listener("create", "${task.setVariable('made', task.taskDefinitionKey)}"),
    ).start(boss="ann")
    task = lab.user_task("n")

    assert (task.assignee, task.priority, task.name) == ("ann", 51, "Decide!")
    assert (task.candidate_groups, lab.variables["made"]) == (("sales",), "n")


def test_the_listener_of_an_assignment_runs_when_somebody_gets_the_task() -> None:
    note = listener("assignment", "${execution.setVariable('seen', seen += task.assignee)}")

    assert asked(note).start(seen="").variables == {"seen": ""}
    lab = asked(note, attributes='camunda:assignee="ann"').start(seen="")
    assert lab.variables == {"seen": "ann"}
    lab.send(commands.ChangeUserTask(task_id=lab.user_task("n").id, changes={"assignee": "bob"}))
    lab.send(commands.ChangeUserTask(task_id=lab.user_task("n").id, changes={"priority": 7}))
    assert lab.variables == {"seen": "annbob"}


def test_the_listener_of_a_change_sees_the_task_as_it_becomes() -> None:
    lab = asked(listener("update", "${task.setDescription(task.priority > 5 ? 'urgent' : 'normal')}")).start()

    lab.send(commands.ChangeUserTask(task_id=lab.user_task("n").id, changes={"priority": 7}))

    assert (lab.user_task("n").priority, lab.user_task("n").description) == (7, "urgent")
    assert lab.events[-1].data["description"] == "urgent"


def test_the_listener_of_a_completion_sees_what_comes_with_it_and_may_refuse_it() -> None:
    lab = asked(listener("complete", "${task.setVariable('total', amount * 2)}")).start()
    task = lab.user_task("n")

    refused = lab.offer(commands.CompleteUserTask(task_id=task.id, variables={"other": 1}))
    assert refused.error == "CannotComplete"
    assert "amount" in (refused.message or "")
    assert (lab.variables, lab.open(UserTask)) == ({}, [task])

    lab.send(commands.CompleteUserTask(task_id=task.id, variables={"amount": 4}))
    assert (lab.state, lab.variables) == ("completed", {"amount": 4, "total": 8})


def test_the_listener_of_a_deletion_runs_when_the_task_is_taken_away() -> None:
    timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    held = f"<extensionElements>{listener('delete', GONE)}</extensionElements>"
    nodes = (
        f'<startEvent id="s"/><userTask id="n" name="Ask">{held}</userTask><endEvent id="e"/><endEvent id="late"/>'
        f'<boundaryEvent id="b" attachedToRef="n">{timer}</boundaryEvent>'
    )
    text = process(nodes, "s>n>e b>late").decode()

    assert Lab.of(text).start().wait(3_600_000).variables == {"gone": "Ask"}
    assert Lab.of(text).start().complete("n").variables == {}


def test_a_script_in_python_sees_the_task_and_sets_variables() -> None:
    script = "<camunda:script scriptFormat='python'>who = task['assignee']</camunda:script>"
    lab = asked(
        f'<camunda:taskListener event="create">{script}</camunda:taskListener>', attributes='camunda:assignee="ann"'
    )

    assert lab.start().variables == {"who": "ann"}


def test_a_bpmn_error_of_a_script_takes_the_task_away() -> None:
    script = "<camunda:script scriptFormat='python'>raise BpmnError('stop')</camunda:script>"
    for event in ("create", "complete"):
        inside = f'<camunda:taskListener event="{event}">{script}</camunda:taskListener>'
        held = f"<extensionElements>{inside}</extensionElements>"
        caught = '<boundaryEvent id="b" attachedToRef="n"><errorEventDefinition errorRef="x"/></boundaryEvent>'
        nodes = f'<startEvent id="s"/><userTask id="n">{held}</userTask>{caught}<endEvent id="e"/><endEvent id="c"/>'
        lab = Lab.of(process(nodes, "s>n>e b>c", '<error id="x" errorCode="stop"/>').decode()).start()
        if event == "complete":
            lab.complete("n")

        assert (lab.state, lab.path()[-1], lab.open(UserTask)) == ("completed", "c", [])


def test_what_a_task_does_not_have_is_an_incident_that_names_it() -> None:
    for text, named in (("${task.fly()}", "fly"), ("${task.setPriority('high')}", "setPriority"), ("${task.x}", "'x'")):
        lab = asked(listener("create", text)).start()
        assert named in lab.incidents[0].message
        assert lab.open(UserTask) == []
