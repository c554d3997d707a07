"""Multi-instance as in Camunda 8: results that are seen while it runs, counters in the completion condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.runtime.data import variables

if TYPE_CHECKING:
    from baton.model.definition import MultiInstance
    from baton.model.values import Value
    from baton.runtime.core.token import Token

ENDED, TERMINATED = "ended", "terminated"
"""Values of a body: what instances that are not counted yet have seen, and how many did not complete."""
MAX_SHOWN = 1000
"""Of more instances the results are not written whenever one completes: the history would grow with the square."""


def get_total(body: Token) -> int:
    """How many instances there are in all."""
    return _to_count(body.data.get("nrOfInstances"))


def list_results(body: Token) -> list[Value]:
    """The results so far, in the order of the instances; None for one that has not completed."""
    return [body.workflow.get_value(body, f"output{index}") for index in range(get_total(body))]


def show_results(loop: MultiInstance, body: Token) -> None:
    """Let the instances see what has been collected so far."""
    if loop.zeebe and loop.output_collection and get_total(body) <= MAX_SHOWN:
        variables.set_local(body, {loop.output_collection: list_results(body)})


def remember_ended(body: Token, local: dict[str, Value] | None) -> None:
    """Keep the variables of an instance until it is counted; None for one that did not complete."""
    body.workflow.set_value(body, ENDED, [*_list_ended(body), local])


def forget_first_ended(body: Token) -> None:
    """The instance that ended first is counted."""
    ended = _list_ended(body)
    if ended:
        if ended[0] is None:
            body.workflow.set_value(body, TERMINATED, _to_count(body.workflow.get_value(body, TERMINATED)) + 1)
        body.workflow.set_value(body, ENDED, ended[1:])


def see(loop: MultiInstance, body: Token, active: int, ended: int) -> dict[str, Value]:
    """What the completion condition sees: the counters, the results, and what the instance saw that has just ended."""
    first = next(iter(_list_ended(body)), None)
    terminated = _to_count(body.workflow.get_value(body, TERMINATED)) + (first is None)
    results: dict[str, Value] = {loop.output_collection: list_results(body)} if loop.output_collection else {}
    return {
        **(first if isinstance(first, dict) else {}),
        **results,
        "numberOfInstances": get_total(body),
        "numberOfActiveInstances": active,
        "numberOfCompletedInstances": ended - terminated,
        "numberOfTerminatedInstances": terminated,
    }


def _list_ended(body: Token) -> list[Value]:
    ended = body.workflow.get_value(body, ENDED)
    return ended if isinstance(ended, list) else []


def _to_count(value: Value) -> int:
    return value if isinstance(value, int) else 0
