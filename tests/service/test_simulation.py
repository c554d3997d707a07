"""Drafts run by the real engine, with the state in the caller's hand."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from baton.forms import FormRefused
from baton.model.errors import (
    BadRequest,
    Conflict,
    DeploymentRefused,
    MismatchingMessage,
    NotFound,
)
from baton.model.events import EventType
from baton.model.records import InstanceState
from baton.service import DefinitionQuery, Engine, InstanceQuery, Pausing, Resource, Simulation, SimulationRequest
from baton.service.simulation.drafts import Draft
from baton.service.simulation.simulator import TO_REST
from baton.store import codec
from tests.service.conftest import Clock
from tests.service.decisions import DISCOUNT
from tests.service.processes import MESSAGE, bpmn, deploy, external, line, receive, timer

HOUR = 3_600_000


@dataclass
class Player:
    """Plays one simulation: keeps the state between the steps, as a designer does."""

    engine: Engine
    draft: Draft
    state: str | None = None
    last: Simulation = field(init=False)

    def do(self, kind: str | None = None, *, now: int | None = None, pausing: Pausing = TO_REST, **more: Any) -> Player:
        ask = None if kind is None else SimulationRequest(kind=kind, **more)
        self.last = self.engine.simulator.run(self.draft, self.state, ask, now, pausing)
        self.state = self.last.state
        return self

    @property
    def path(self) -> list[str | None]:
        return [event.element for event in self.last.events if event.type is EventType.ELEMENT_COMPLETED]

    @property
    def variables(self) -> Mapping[str, Any]:
        return self.last.variables[0]


def play(engine: Engine, *nodes: str, extra: str = "", beside: tuple[Resource, ...] = ()) -> Player:
    draft = engine.drafts.read_files([Resource("draft.bpmn", bpmn(line(*nodes), extra=extra)), *beside], None)
    return Player(engine, draft)


def test_a_draft_runs_step_by_step_to_its_end(engine: Engine) -> None:
    player = play(engine, external("a"), '<userTask id="b"/>').do("start", variables={"x": 1}, business_key="K")

    assert [task.element for task in player.last.external_tasks] == ["a"]
    assert [token.element for token in player.last.tokens] == ["a"]
    player.do("complete", variables={"y": 2})
    assert player.path == ["a"]
    assert [task.element for task in player.last.user_tasks] == ["b"]
    player.do("complete", element="b")
    assert player.last.header is not None
    assert (player.last.header.state, player.last.header.business_key) == (InstanceState.COMPLETED, "K")
    assert player.variables == {"x": 1, "y": 2}
    assert player.last.tokens == ()


def test_nothing_of_a_simulation_is_kept_by_the_server(engine: Engine) -> None:
    play(engine, external("a")).do("start").do("complete")

    assert engine.instances.count(InstanceQuery(include_ended=True)) == 0
    assert engine.definitions.count(DefinitionQuery()) == 0
    assert engine.external_tasks.list_topics() == []


def test_the_same_request_gives_the_same_answer(engine: Engine, clock: Clock) -> None:
    player = play(engine, external("a")).do("start", now=clock.now)
    again = engine.simulator.run(player.draft, player.state, SimulationRequest(kind="complete"), None)

    assert again == engine.simulator.run(player.draft, player.state, SimulationRequest(kind="complete"), None)


def test_time_stands_still_until_it_is_told(engine: Engine, clock: Clock) -> None:
    player = play(engine, timer("wait", "PT1H"), timer("again", "PT2H")).do("start")

    clock.forward(10 * HOUR)
    player.do()
    assert [job.element for job in player.last.jobs] == ["wait"]
    begun = player.last.now
    assert player.last.next_due == begun + HOUR
    player.do(now=begun + 5 * HOUR)
    fired = [event.at for event in player.last.events if event.type is EventType.TIMER_FIRED]
    assert fired == [begun + HOUR, begun + 3 * HOUR]
    assert player.last.now == begun + 5 * HOUR
    with pytest.raises(Conflict):
        player.do(now=begun)


def test_a_timer_may_fire_before_its_time(engine: Engine) -> None:
    player = play(engine, timer("wait", "PT1H")).do("start").do("timer", element="wait")

    assert player.path == ["wait", "e"]


def test_messages_and_signals_arrive(engine: Engine) -> None:
    player = play(engine, receive("paid"), extra=MESSAGE).do("start")

    with pytest.raises(MismatchingMessage):
        player.do("message", name="Other")
    player.do("message", name="Paid", variables={"sum": 3})
    assert player.variables == {"sum": 3}


def test_a_receive_task_without_a_message_goes_on_when_it_is_told_to(engine: Engine) -> None:
    player = play(engine, '<receiveTask id="n"/>').do("start")

    assert player.path == ["s"]
    assert player.do("message", variables={"sum": 3}).path == ["n", "e"]
    assert player.variables == {"sum": 3}


def test_a_message_may_start_it(engine: Engine) -> None:
    start = '<startEvent id="s"><messageEventDefinition messageRef="m1"/></startEvent><endEvent id="e"/>'
    flow = '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
    draft = engine.drafts.read_files([Resource("draft.bpmn", bpmn(start + flow, extra=MESSAGE))], None)

    player = Player(engine, draft).do("message", name="Paid", variables={"a": 1})

    assert player.path == ["s", "e"]
    with pytest.raises(MismatchingMessage):
        Player(engine, draft).do("message", name="Other")


def test_errors_take_the_way_of_the_model(engine: Engine) -> None:
    boundary = (
        '<boundaryEvent id="b" attachedToRef="a"><errorEventDefinition errorRef="E"/></boundaryEvent>'
        '<endEvent id="bad"/><sequenceFlow id="fb" sourceRef="b" targetRef="bad"/>'
    )
    xml = bpmn(line(external("a")) + boundary, extra='<error id="E" errorCode="no"/>')
    player = Player(engine, engine.drafts.read_files([Resource("d.bpmn", xml)], None)).do("start")

    player.do("error", code="no", message="too bad")

    assert player.path == ["b", "bad"]


def test_a_failed_task_is_tried_again_when_its_back_off_is_over(engine: Engine) -> None:
    player = play(engine, external("a")).do("start").do("fail", message="no luck", retries=None)
    due = player.last.next_due
    assert due is not None
    for kind in ("complete", "fail"):
        with pytest.raises(Conflict, match="let time pass"):
            player.do(kind)
    with pytest.raises(Conflict, match="let time pass"):
        player.do("error", code="no")
    player.do(now=due - 1)
    assert player.last.next_due == due
    player.do(now=due).do("complete")
    assert player.last.header is not None
    assert player.last.header.state is InstanceState.COMPLETED


def test_a_failure_makes_an_incident_that_can_be_resolved(engine: Engine) -> None:
    player = play(engine, external("a")).do("start").do("fail", message="no luck", retries=0)

    assert [incident.message for incident in player.last.incidents] == ["no luck"]
    player.do("resolve")
    assert player.last.incidents == ()
    player.do("complete")
    assert player.last.header is not None
    assert player.last.header.state is InstanceState.COMPLETED


def test_what_was_done_is_undone_on_a_cancel_with_compensation(engine: Engine) -> None:
    undo = (
        '<boundaryEvent id="u" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
        '<task id="undo" isForCompensation="true"/>'
        '<association id="x" associationDirection="One" sourceRef="u" targetRef="undo"/>'
    )
    xml = bpmn(line(external("a"), '<userTask id="b"/>') + undo)
    player = Player(engine, engine.drafts.read_files([Resource("d.bpmn", xml)], None)).do("start").do("complete")

    assert [entry.element for entry in player.last.ledger] == ["a"]
    player.do("cancel", compensate=True)
    assert player.last.header is not None
    assert player.last.header.state is InstanceState.COMPENSATED


def test_a_draft_calls_what_is_beside_it_and_what_is_deployed(engine: Engine) -> None:
    deploy(engine, bpmn(line(external("inside")), key="deployed"))
    beside = Resource("beside.bpmn", bpmn(line('<task id="n"/>'), key="beside"))
    rule = (
        '<businessRuleTask id="r" camunda:decisionRef="discount" camunda:resultVariable="d" '
        'camunda:decisionRefBinding="deployment" camunda:mapDecisionResult="singleEntry"/>'
    )
    player = play(
        engine,
        '<callActivity id="c1" calledElement="beside" camunda:calledElementBinding="deployment"/>',
        rule,
        '<callActivity id="c2" calledElement="deployed"/>',
        beside=(beside, Resource("discount.dmn", DISCOUNT)),
    ).do("start", variables={"total": 200})

    assert player.variables["d"] == 10
    assert [task.element for task in player.last.external_tasks] == ["inside"]


def test_a_deployed_definition_can_be_simulated(engine: Engine) -> None:
    definition = deploy(engine)

    player = Player(engine, engine.drafts.read_definition(definition.id)).do("start").do("complete")

    assert player.path == ["t", "e"]
    assert engine.instances.count(InstanceQuery(include_ended=True)) == 0


def test_what_leaves_the_instance_is_shown_and_reaches_nobody(engine: Engine) -> None:
    send = '<intermediateThrowEvent id="t"><signalEventDefinition signalRef="g1"/></intermediateThrowEvent>'
    player = play(engine, send, extra='<signal id="g1" name="Alarm"/>').do("start")

    assert [(item.kind, item.name) for item in player.last.sent] == [("signal", "Alarm")]


def test_a_loop_without_end_is_bounded_in_each_request(engine: Engine) -> None:
    loop = (
        '<startEvent id="s"/><exclusiveGateway id="g" default="f3"/><task id="t"/><endEvent id="e"/>'
        '<sequenceFlow id="f1" sourceRef="s" targetRef="g"/><sequenceFlow id="f3" sourceRef="g" targetRef="t"/>'
        '<sequenceFlow id="f4" sourceRef="t" targetRef="g"/><sequenceFlow id="f2" sourceRef="g" targetRef="e">'
        "<conditionExpression>${stop == true}</conditionExpression></sequenceFlow>"
    )
    draft = engine.drafts.read_files([Resource("d.bpmn", bpmn(loop))], None)
    player = Player(engine, draft).do("start", variables={"stop": False})

    assert player.last.more
    assert len(player.last.events) < 12_000
    player.do("variables", variables={"stop": True})
    assert not player.last.more
    assert player.last.header is not None
    assert player.last.header.state is InstanceState.COMPLETED


def test_what_is_asked_must_be_there_and_be_one(engine: Engine) -> None:
    player = play(engine, external("a"))
    with pytest.raises(Conflict):
        player.do("complete")
    player.do("start")
    with pytest.raises(NotFound, match="found it at a"):
        player.do("complete", element="nowhere")
    with pytest.raises(Conflict):
        player.do("start")
    with pytest.raises(BadRequest, match="code"):
        player.do("error")
    player.do("complete")
    assert player.path == ["a", "e"]


def test_a_state_that_is_not_one_is_refused(engine: Engine) -> None:
    player = play(engine, external("a")).do("start")
    other = play(engine, external("b"))
    squeezed = codec.encode([player.draft.digest, 1, 1, None, {"h": ["x"] * 1_000}])
    with pytest.raises(Conflict, match="changed"):
        engine.simulator.run(other.draft, player.state, None, None)
    for text in ("nonsense", "AQID", base64.b64encode(squeezed).decode()):
        with pytest.raises(BadRequest):
            engine.simulator.run(player.draft, text, None, None)
    torn = codec.encode([player.draft.digest, 1, 1, None, {"h": ["x"]}], compress=False)
    with pytest.raises(BadRequest):
        engine.simulator.run(player.draft, base64.b64encode(torn).decode(), None, None)


def test_a_draft_with_errors_is_refused_with_its_problems(engine: Engine) -> None:
    with pytest.raises(DeploymentRefused) as refused:
        engine.drafts.read_files([Resource("d.bpmn", b"<definitions")], None)
    assert refused.value.problems
    with pytest.raises(BadRequest, match="p"):
        engine.drafts.read_files([Resource("d.bpmn", bpmn(line(external("a"))))], "other")


def test_time_that_has_more_turns_than_one_request_runs_is_not_at_rest(engine: Engine) -> None:
    """It said that it was, though the moment that was asked for lay months ahead."""
    cycle = "<timerEventDefinition><timeCycle>R/PT24H</timeCycle></timerEventDefinition>"
    beside = (
        f'<boundaryEvent id="b" attachedToRef="t" cancelActivity="false">{cycle}</boundaryEvent><endEvent id="eb"/>'
        '<sequenceFlow id="fb" sourceRef="b" targetRef="eb"/>'
    )
    draft = engine.drafts.read_files([Resource("draft.bpmn", bpmn(line(external("t")) + beside))], None)
    player = Player(engine, draft).do("start", now=HOUR)
    target = player.last.now + 330 * 24 * HOUR
    player.do(now=target)
    assert (player.last.more, player.last.now < target) == (True, True)
    player.do(now=target)

    assert (player.last.more, player.last.now) == (False, target)


def test_a_task_with_a_form_takes_what_its_form_takes(engine: Engine) -> None:
    form = '<camunda:formData><camunda:formField id="approved" type="boolean"/></camunda:formData>'
    player = play(engine, f'<userTask id="u"><extensionElements>{form}</extensionElements></userTask>').do("start")

    with pytest.raises(FormRefused, match="Expected true or false for field 'approved'"):
        player.do("complete", variables={"approved": "yes"})

    assert player.do("complete", variables={"approved": "true"}).variables == {"approved": True}


@pytest.mark.parametrize("reference", ['formRef="decide"', 'formKey="camunda-forms:deployment:other.form"'])
def test_a_form_beside_the_draft_is_asked_too(engine: Engine, reference: str) -> None:
    schema = b'{"id": "decide", "components": [{"type": "number", "key": "days", "validate": {"max": 30}}]}'
    beside = (Resource("other.form", schema), Resource("torn.form", b"{"))
    player = play(engine, f'<userTask id="u" camunda:{reference}/>', beside=beside).do("start")

    with pytest.raises(FormRefused, match="Expected at most 30 for field 'days', but found 31"):
        player.do("complete", variables={"days": 31})

    assert player.do("complete", variables={"days": "30"}).variables == {"days": 30}


EACH = Pausing(stop_at=frozenset("*"))
SCRIPTS = [f'<scriptTask id="k{n}" scriptFormat="python"><script>x = {n}</script></scriptTask>' for n in range(3)]


def test_a_simulation_stops_before_an_element_with_a_breakpoint(engine: Engine) -> None:
    player = play(engine, *SCRIPTS).do("start", pausing=Pausing(stop_at=frozenset({"k1"})))

    assert player.last.stopped_at == ("k1",)
    assert [token.element for token in player.last.tokens] == ["k1"]
    assert player.variables == {"x": 0}
    assert player.last.more
    player.do(pausing=Pausing(stop_at=frozenset({"k1"})))
    assert (player.last.stopped_at, player.last.more) == ((), False)
    assert player.variables == {"x": 2}


def test_stepping_from_element_to_element_gives_the_events_of_running_through(engine: Engine) -> None:
    through = play(engine, *SCRIPTS, external("a")).do("start", now=1)
    player = play(engine, *SCRIPTS, external("a")).do("start", now=1, pausing=EACH)

    events, places = [*player.last.events], [*player.last.stopped_at]
    while player.last.more:
        player.do(pausing=EACH)
        events += player.last.events
        places += player.last.stopped_at
    assert places == ["s", "k0", "k1", "k2", "a"]
    assert events == list(through.last.events)


def test_a_command_can_be_done_without_running_on(engine: Engine) -> None:
    player = play(engine, *SCRIPTS).do("start", pausing=Pausing(stop_at=frozenset({"k2"})))

    player.do("variables", variables={"y": 5}, pausing=Pausing(at_once=True))
    assert player.last.more
    assert [token.element for token in player.last.tokens] == ["k2"]
    assert player.variables == {"x": 1, "y": 5}
    assert player.do().last.more is False


def test_many_single_steps_are_no_endless_loop(engine: Engine) -> None:
    scripts = [f'<scriptTask id="t{n}" scriptFormat="python"><script>x = {n}</script></scriptTask>' for n in range(120)]
    player = play(engine, *scripts).do("start", pausing=EACH)

    while player.last.more:
        player.do(pausing=EACH)
    assert player.last.incidents == ()
    assert player.variables == {"x": 119}


def test_the_answer_says_what_would_be_undone(engine: Engine) -> None:
    body = (
        line(external("a"), external("b"))
        + '<boundaryEvent id="c" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
        '<task id="undo" isForCompensation="true"/><association id="n" sourceRef="c" targetRef="undo"/>'
    )
    player = Player(engine, engine.drafts.read_files([Resource("draft.bpmn", bpmn(body))], None))

    player.do("start").do("complete")
    assert [(step.entry.element, step.entry.handler) for step in player.last.plan] == [("a", "undo")]
    player.do(pausing=Pausing(plan_to="b"))
    assert player.last.plan == ()
