"""A receive task without a message waits until a request continues its execution, as in Camunda 7."""

from __future__ import annotations

from baton.model import commands
from baton.model.events import EventType
from baton.model.records import Subscription
from tests.bpmn.build import around, process, read, rules_of
from tests.runtime.lab import Lab


def test_a_receive_task_without_a_message_waits_to_be_told_to_go_on() -> None:
    lab = Lab.of(around('<receiveTask id="n"/>').decode()).start()
    (waiting,) = lab.open(Subscription)

    assert (lab.state, waiting.kind, waiting.element) == ("active", "trigger", "n")
    lab.send(commands.DeliverMessage(subscription_id=waiting.id, variables={"answer": 42}))

    assert (lab.state, lab.variables) == ("completed", {"answer": 42})
    assert lab.path(EventType.TRIGGERED) == ["n"]


def test_its_boundary_events_work_and_a_loop_repeats_it() -> None:
    body = '<receiveTask id="n">{}</receiveTask>'
    late = (
        '<boundaryEvent id="late" attachedToRef="n"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        '</timerEventDefinition></boundaryEvent><endEvent id="gone"/>'
    )
    flow = "start>n>end late>gone"
    plain = process(f'<startEvent id="start"/>{body.format("")}{late}<endEvent id="end"/>', flow)
    marker = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"

    given_up = Lab.of(plain.decode()).start().wait(3_600_000)
    three = Lab.of(around(body.format(marker)).decode()).start()

    assert given_up.path()[-1] == "gone"
    assert given_up.open(Subscription) == []
    assert [sub.element for sub in three.open(Subscription)] == ["n", "n", "n"]


def test_one_that_begins_an_instance_or_follows_an_event_gateway_needs_its_message() -> None:
    begins = read(process('<receiveTask id="n" instantiate="true"/><endEvent id="end"/>', "n>end"))
    follows = read(
        process(
            '<startEvent id="s"/><eventBasedGateway id="g"/><receiveTask id="n"/><intermediateCatchEvent id="t">'
            "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>",
            "s>g>n g>t",
        )
    )

    assert [(p.rule, p.element) for p in begins.errors] == [("nothing-to-do", "n")]
    assert [(p.rule, p.element) for p in follows.errors] == [("event-gateway", "n")]
    assert "nothing-to-do" not in rules_of(follows)
