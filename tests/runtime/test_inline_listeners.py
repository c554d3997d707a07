"""Listeners that are an expression or a script run in place, at their event and in their order, as in Camunda 7."""

from __future__ import annotations

import pytest

from baton.bpmn import read
from baton.expression.juel.execution import FACTS
from baton.model import commands
from tests.bpmn.build import around, flows, process
from tests.runtime.lab import Lab

HOUR = 3_600_000


def note(word: str, event: str, kind: str = "executionListener") -> str:
    """A listener that appends a word to the text ``seen``."""
    return f"<camunda:{kind} event=\"{event}\" expression=\"${{execution.setVariable('seen', seen += ' {word}')}}\"/>"


def hold(listeners: str) -> str:
    return f"<extensionElements>{listeners}</extensionElements>"


def notes(*pairs: tuple[str, str]) -> str:
    return hold("".join(note(word, event) for word, event in pairs))


def seen(lab: Lab) -> list[str]:
    text = lab.variables["seen"]
    assert isinstance(text, str)
    return text.split()


EXTERNAL = 'camunda:type="external" camunda:topic="t"'


def test_they_run_around_the_work_of_an_activity_in_their_order() -> None:
    held = notes(("a", "start"), ("c", "end"), ("b", "start"), ("d", "end"))
    lab = Lab.of(around(f'<serviceTask id="n" {EXTERNAL}>{held}</serviceTask>').decode()).start(seen="")

    assert seen(lab) == ["a", "b"]
    assert lab.complete("n").state == "completed"
    assert seen(lab) == ["a", "b", "c", "d"]


def test_they_run_at_events_gateways_and_flows() -> None:
    def node(kind: str, id_: str, inside: str = "") -> str:
        return f'<{kind} id="{id_}">{notes((id_ + "+", "start"), (id_ + "-", "end"))}{inside}</{kind}>'

    timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    signal = '<signalEventDefinition signalRef="x"/>'
    flow = f'<sequenceFlow id="f" sourceRef="g" targetRef="wait">{notes(("f", "take"))}</sequenceFlow>'
    inner = node("startEvent", "is") + node("endEvent", "ie") + flows("is>ie")
    body = (
        node("startEvent", "s") + node("exclusiveGateway", "g") + node("intermediateCatchEvent", "wait", timer)
        + node("intermediateThrowEvent", "throw", signal) + node("subProcess", "sub", inner) + node("endEvent", "e")
        + flow
    )  # fmt: skip
    lab = Lab.of(process(body, "s>g wait>throw>sub>e", '<signal id="x" name="x"/>').decode()).start(seen="")

    assert seen(lab) == ["s+", "s-", "g+", "g-", "f", "wait+"]
    assert lab.wait(HOUR).state == "completed"
    assert seen(lab)[6:] == ["wait-", "throw+", "throw-", "sub+", "is+", "is-", "ie+", "ie-", "sub-", "e+", "e-"]


def test_only_the_listeners_of_the_flow_that_is_taken_run() -> None:
    def flow(target: str, condition: str = "") -> str:
        test = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        inside = f"{notes((target, ''))}{test}"
        return f'<sequenceFlow id="to-{target}" sourceRef="n" targetRef="{target}">{inside}</sequenceFlow>'

    nodes = '<startEvent id="s"/><task id="n" default="to-b"/><endEvent id="a"/><endEvent id="b"/>'
    text = process(nodes + flow("a", "${x}") + flow("b"), "s>n").decode()

    assert seen(Lab.of(text).start(seen="", x=True)) == ["a"]
    assert seen(Lab.of(text).start(seen="", x=False)) == ["b"]


def test_a_listener_knows_its_event_and_its_place() -> None:
    text = "${execution.setVariable(execution.eventName, execution.currentActivityId)}"
    held = "".join(f'<camunda:executionListener event="{e}" expression="{text}"/>' for e in ("start", "end"))
    lab = Lab.of(around(f'<task id="n"><extensionElements>{held}</extensionElements></task>').decode()).start()

    assert lab.variables == {"start": "n", "end": "n"}


@pytest.mark.parametrize("language", ["python", "text/x-python", ""])
def test_a_script_in_python_sets_variables(language: str) -> None:
    given = f'scriptFormat="{language}"' if language else ""
    script = f"<camunda:script {given}>total = price * 2</camunda:script>"
    held = hold(f'<camunda:executionListener event="start">{script}</camunda:executionListener>')
    lab = Lab.of(around(f'<task id="n">{held}</task>').decode()).start(price=4)

    assert lab.variables == {"price": 4, "total": 8}


def test_scripts_in_other_languages_and_java_are_refused_with_the_reason() -> None:
    script = '<camunda:script scriptFormat="groovy">x</camunda:script>'
    groovy = f'<camunda:executionListener event="start">{script}</camunda:executionListener>'
    java = '<camunda:executionListener event="start" class="org.x.Y"/>'
    nothing = '<camunda:taskListener event="create"/>'
    for held, rule in ((groovy, "script-language"), (java, "java-code"), (nothing, "java-code")):
        found = read(around(f'<userTask id="n"><extensionElements>{held}</extensionElements></userTask>'))
        assert [(problem.rule, problem.element) for problem in found.errors] == [(rule, "n")]


def test_a_listener_that_fails_is_an_incident_and_repeating_goes_on_with_it() -> None:
    held = notes(("a", "start"), ("${missing}", "start"), ("c", "start"))
    bad = held.replace("' ${missing}'", "' '.concat(missing)")
    lab = Lab.of(around(f'<task id="n">{bad}</task>').decode()).start(seen="")
    (incident,) = lab.incidents
    assert (incident.element, seen(lab)) == ("n", ["a"])

    lab.set(missing="b")
    lab.send(commands.ResolveIncident(incident_id=incident.id))

    assert (lab.state, seen(lab)) == ("completed", ["a", "b", "c"])


def test_a_listener_at_a_flow_that_fails_repeats_nothing_before_it() -> None:
    bad = notes(("f", "take"), ("${missing}", "take")).replace("' ${missing}'", "' '.concat(missing)")
    flow = f'<sequenceFlow id="f" sourceRef="n" targetRef="e">{bad}</sequenceFlow>'
    for kind in ("task", "exclusiveGateway"):
        node = f'<{kind} id="n">{notes(("a", "start"), ("b", "end"))}</{kind}>'
        lab = Lab.of(process(f'<startEvent id="s"/>{node}<endEvent id="e"/>{flow}', "s>n").decode()).start(seen="")
        assert seen(lab) == ["a", "b", "f"]

        lab.set(missing="g")
        lab.send(commands.ResolveIncident(incident_id=lab.incidents[0].id))

        assert (lab.state, seen(lab)) == ("completed", ["a", "b", "f", "g"])


def test_a_bpmn_error_of_a_script_is_caught_at_the_activity() -> None:
    script = "<camunda:script scriptFormat='python'>raise BpmnError('stop')</camunda:script>"
    for event in ("start", "end"):
        held = hold(f'<camunda:executionListener event="{event}">{script}</camunda:executionListener>')
        caught = '<boundaryEvent id="b" attachedToRef="n"><errorEventDefinition errorRef="x"/></boundaryEvent>'
        nodes = f'<startEvent id="s"/><task id="n">{held}</task>{caught}<endEvent id="e"/><endEvent id="c"/>'
        lab = Lab.of(process(nodes, "s>n>e b>c", '<error id="x" errorCode="stop"/>').decode()).start()

        assert (lab.state, lab.path()[-1]) == ("completed", "c")


def test_an_end_listener_runs_when_its_activity_is_cancelled() -> None:
    timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    inner = f'<startEvent id="is"/><userTask id="u">{notes(("u", "end"))}</userTask>{flows("is>u")}'
    nodes = (
        f'<startEvent id="s"/><subProcess id="n">{notes(("n", "end"))}{inner}</subProcess>'
        f'<boundaryEvent id="b" attachedToRef="n">{timer}</boundaryEvent><endEvent id="e"/><endEvent id="late"/>'
    )
    lab = Lab.of(process(nodes, "s>n>e b>late").decode()).start(seen="")

    assert lab.wait(HOUR).path()[-1] == "late"
    assert seen(lab) == ["u", "n"]


def test_an_end_listener_knows_whether_its_node_is_cancelled() -> None:
    text = "${execution.setVariable('gone', execution.isCanceled())}"
    held = hold(f'<camunda:executionListener event="end" expression="{text}"/>')
    timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    nodes = (
        f'<startEvent id="s"/><userTask id="n">{held}</userTask><boundaryEvent id="b" attachedToRef="n">{timer}'
        '</boundaryEvent><endEvent id="e"/><endEvent id="late"/>'
    )
    model = process(nodes, "s>n>e b>late").decode()

    assert Lab.of(model).start().wait(HOUR).variables == {"gone": True}
    assert Lab.of(model).start().complete("n").variables == {"gone": False}


def test_what_an_expression_may_ask_of_an_execution_is_what_the_engine_knows() -> None:
    lab = Lab.of(around('<userTask id="n"/>').decode()).start()
    facts = lab.instance.workflow.collect_facts(lab.instance.workflow.tasks[lab.user_task("n").token])["execution"]

    assert isinstance(facts, dict)
    assert set(facts) <= FACTS


def test_an_end_listener_that_fails_cannot_stop_a_cancellation() -> None:
    timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    bad = notes(("${missing}", "end")).replace("' ${missing}'", "' '.concat(missing)")
    nodes = (
        f'<startEvent id="s"/><userTask id="n">{bad}</userTask><boundaryEvent id="b" attachedToRef="n">{timer}'
        '</boundaryEvent><endEvent id="e"/><userTask id="late"/><endEvent id="gone"/>'
    )
    lab = Lab.of(process(nodes, "s>n>e b>late>gone").decode()).start(seen="").wait(HOUR)

    assert lab.waiting == ["late"]
    assert "missing" in lab.incidents[0].message


def test_they_run_for_each_instance_of_a_multi_instance() -> None:
    marker = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    lab = Lab.of(around(f'<task id="n">{notes(("a", "start"), ("b", "end"))}{marker}</task>').decode()).start(seen="")

    assert sorted(seen(lab)) == ["a", "a", "b", "b"]


@pytest.mark.parametrize(
    ("node", "place"),
    [
        ('<complexGateway id="n">{}</complexGateway>', "n"),
        ('<userTask id="n">{}</userTask>', "n"),
    ],
)
def test_a_listener_that_would_never_be_called_is_refused(node: str, place: str) -> None:
    listener = note("x", "start") if "complex" in node else note("x", "timeout", "taskListener")
    found = read(around(node.format(f"<extensionElements>{listener}</extensionElements>")))

    assert ("unsupported", place) in [(problem.rule, problem.element) for problem in found.errors]


# -- of the process as a whole


def test_listeners_of_a_process_run_when_it_begins_and_when_it_ends() -> None:
    held = notes(("begin", "start"), ("over", "end"), ("last", "end"))
    start = f'<startEvent id="s">{notes(("s", "start"))}</startEvent>'
    lab = Lab.of(process(f'{held}{start}<userTask id="n"/><endEvent id="e"/>', "s>n>e").decode()).start(seen="")

    assert (seen(lab), lab.waiting) == (["begin", "s"], ["n"])
    assert lab.complete("n").state == "completed"
    assert seen(lab) == ["begin", "s", "over", "last"]


def test_they_run_whatever_begins_the_instance() -> None:
    begin = '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>'
    nodes = f'{notes(("begin", "start"))}{begin}<userTask id="a"/><userTask id="n"/><endEvent id="e"/>'
    text = process(nodes, "s>a>n>e", '<message id="m" name="m"/>').decode()
    by_message, by_hand = Lab.of(text), Lab.of(text)

    by_message.send(commands.StartInstance(definition_id="p:1:lab", start_element="s", variables={"seen": ""}))
    by_hand.send(commands.StartInstance(definition_id="p:1:lab", before=("n",), variables={"seen": ""}))

    assert (seen(by_message), by_message.waiting) == (["begin"], ["a"])
    assert (seen(by_hand), by_hand.waiting) == (["begin"], ["n"])


@pytest.mark.parametrize("event", ["start", "end"])
def test_one_that_fails_is_an_incident_of_the_process_and_can_be_repeated(event: str) -> None:
    bad = notes(("a", event), ("${missing}", event)).replace("' ${missing}'", "' '.concat(missing)")
    lab = Lab.of(process(f'{bad}<startEvent id="s"/><endEvent id="e"/>', "s>e").decode()).start(seen="")
    (incident,) = lab.incidents
    assert (lab.state, incident.element, seen(lab)) == ("active", "p", ["a"])

    lab.set(missing="b")
    lab.send(commands.ResolveIncident(incident_id=incident.id))

    assert (lab.state, seen(lab)) == ("completed", ["a", "b"])


def test_they_run_for_a_called_process_and_with_a_terminate_end_event() -> None:
    end = '<endEvent id="e"><terminateEventDefinition/></endEvent>'
    called = f'<process id="q" isExecutable="true">{notes(("in", "start"), ("out", "end"))}<startEvent id="qs"/>{end}'
    called += f'<userTask id="u"/>{flows("qs>e qs>u")}</process>'
    copy = '<extensionElements><camunda:in variables="all"/><camunda:out variables="all"/></extensionElements>'
    call = f'<startEvent id="s"/><callActivity id="n" calledElement="q">{copy}</callActivity><endEvent id="pe"/>'
    lab = Lab.of(process(f"{notes(('done', 'end'))}{call}", "s>n>pe", called).decode())

    lab.start("p", seen="")

    assert (lab.state, seen(lab)) == ("completed", ["in", "out", "done"])


def test_an_end_listener_of_the_process_runs_when_the_instance_is_cancelled() -> None:
    lab = Lab.of(process(f'{notes(("x", "end"))}<startEvent id="s"/><userTask id="n"/>', "s>n").decode()).start(seen="")

    lab.send(commands.CancelInstance())

    set_ = [event.data["set"] for event in lab.events if event.data.get("set")]
    assert (lab.state, set_[-1]) == ("cancelled", {"seen": " x"})


def test_other_events_of_a_process_are_refused() -> None:
    found = read(process(f'{notes(("x", "take"))}<startEvent id="s"/><endEvent id="e"/>', "s>e"))

    assert [(problem.rule, problem.element) for problem in found.errors] == [("unsupported", "p")]
