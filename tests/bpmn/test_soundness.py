"""Runs that get stuck, run things twice or never reach a part are found, each with the steps that lead there."""

from __future__ import annotations

import time

import pytest

from baton.bpmn import read
from baton.model.problems import Problem
from tests.bpmn.build import process

XOR = '<exclusiveGateway id="{}" default="{}"/>'
ENDS = '<startEvent id="s"/><endEvent id="e"/>'


def found(nodes: str, flows: str) -> list[Problem]:
    problems = read(process(ENDS + nodes, flows)).problems
    return [problem for problem in problems if problem.rule.startswith("soundness-")]


def conditional(source: str, target: str) -> str:
    return (
        f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">'
        "<conditionExpression>${x}</conditionExpression></sequenceFlow>"
    )


def gateways(kind: str, *ids: str) -> str:
    return "".join(f'<{kind} id="{id_}"/>' for id_ in ids)


A_B = '<task id="a"/><task id="b"/>'
SPLIT = "s>f f>a>j f>b>j j>e"


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway", "exclusiveGateway"])
def test_a_split_joined_by_its_own_kind_is_sound(kind: str) -> None:
    assert found(A_B + gateways(kind, "f", "j"), SPLIT) == []


def test_a_parallel_join_of_a_choice_waits_for_ever() -> None:
    nodes = A_B + XOR.format("f", "f-b") + '<parallelGateway id="j"/>' + conditional("f", "a")

    (problem,) = found(nodes, "s>f a>j f>b>j j>e")

    assert (problem.rule, problem.element) == ("soundness-deadlock", "j")
    assert not problem.is_error
    assert problem.steps[0] == "'s'"
    assert "'f' takes" in problem.steps[1]


def test_an_exclusive_merge_of_parallel_branches_runs_everything_twice() -> None:
    nodes = A_B + '<parallelGateway id="f"/><exclusiveGateway id="j"/><task id="after"/>'

    (problem,) = found(nodes, "s>f f>a>j f>b>j j>after>e")

    assert (problem.rule, problem.element) == ("soundness-synchronisation", "j")
    assert problem.steps.count("'after'") == 2


def test_a_loop_that_splits_makes_tokens_without_end() -> None:
    (problem,) = found('<task id="a"/><parallelGateway id="f"/>', "s>a>f f>e f>a")

    assert (problem.rule, problem.element) == ("soundness-completion", "e")


def test_a_part_that_only_leads_to_itself_is_dead() -> None:
    (problem,) = found(A_B + '<task id="n"/>', "s>n>e a>b>a")

    assert (problem.rule, problem.element) == ("soundness-dead-part", "a")


def test_a_plain_loop_is_sound() -> None:
    nodes = '<task id="a"/>' + XOR.format("again", "again-e") + conditional("again", "a")

    assert found(nodes, "s>a>again>e") == []


def test_two_parallel_branches_may_reach_one_end() -> None:
    assert found(A_B + '<parallelGateway id="f"/>', "s>f f>a>e f>b>e") == []


def test_an_interrupting_boundary_event_past_a_join_leaves_the_join_waiting() -> None:
    boundary = (
        '<boundaryEvent id="late" attachedToRef="a"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        '</timerEventDefinition></boundaryEvent><endEvent id="stop"/>'
    )
    (problem,) = found(A_B + gateways("parallelGateway", "f", "j") + boundary, SPLIT + " late>stop")

    assert (problem.rule, problem.element) == ("soundness-deadlock", "j")
    assert "'late' interrupts 'a'" in problem.steps


def test_an_inclusive_join_waits_only_for_what_can_still_come() -> None:
    boundary = (
        '<boundaryEvent id="late" attachedToRef="a"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        '</timerEventDefinition></boundaryEvent><endEvent id="stop"/>'
    )

    assert found(A_B + gateways("inclusiveGateway", "f", "j") + boundary, SPLIT + " late>stop") == []


def test_a_terminate_end_ends_what_still_runs() -> None:
    nodes = A_B + '<parallelGateway id="f"/><endEvent id="t"><terminateEventDefinition/></endEvent>'

    assert found(nodes, "s>f f>a>e f>b>t") == []


def test_subprocesses_are_explored_on_their_own() -> None:
    inner = (
        '<startEvent id="begin"/><exclusiveGateway id="f" default="f-b"/>' + A_B + '<parallelGateway id="j"/>'
        '<endEvent id="stop"/>' + conditional("f", "a")
    )
    flows = "".join(
        f'<sequenceFlow id="{x}-{y}" sourceRef="{x}" targetRef="{y}"/>'
        for x, y in [("begin", "f"), ("a", "j"), ("f", "b"), ("b", "j"), ("j", "stop")]
    )

    (problem,) = found(f'<subProcess id="sub">{inner}{flows}</subProcess>', "s>sub>e")

    assert (problem.rule, problem.element) == ("soundness-deadlock", "j")


def test_two_hundred_parallel_branches_are_explored_in_time() -> None:
    branches = "".join(f'<task id="t{i}"/><task id="u{i}"/>' for i in range(200))
    flows = " ".join(f"f>t{i}>u{i}>j" for i in range(200))
    begun = time.thread_time()

    assert found(branches + gateways("parallelGateway", "f", "j"), f"s>f {flows} j>e") == []
    assert time.thread_time() - begun < 2


def test_more_states_than_can_be_tried_give_no_false_findings() -> None:
    branches = "".join(
        f'<task id="t{i}"/><task id="u{i}"/>{XOR.format(f"x{i}", f"x{i}-u{i}")}{conditional(f"x{i}", f"t{i}")}'
        for i in range(100)
    )
    flows = " ".join(f"f>x{i}>u{i}>j t{i}>u{i}" for i in range(100))
    begun = time.thread_time()

    assert found(branches + gateways("parallelGateway", "f", "j"), f"s>f {flows} j>e") == []
    assert time.thread_time() - begun < 2
