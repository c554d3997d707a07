"""A store that answers late, or not for a while, is nobody's fault: no instance gets an incident for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from baton.model.commands import SetVariables
from baton.runtime import Instance
from baton.runtime.handlers.table import HANDLERS
from baton.service import Engine, IncidentQuery
from baton.store.ports import StoreUnavailable
from tests.service.conftest import Clock
from tests.service.processes import deploy


def test_a_commit_that_the_store_answers_late_makes_no_turn_too_long(engine: Engine, clock: Clock) -> None:
    header = engine.starts.start(deploy(engine).id)
    turns = engine.store.turns
    commit, late = turns.commit, [True]

    def slow(taken: Any, *args: Any, **more: Any) -> Any:
        if late:
            late.clear()
            clock.forward(engine.settings.lease_ms + 1)
            turns.take(header.id, now=clock.now, owner="another", lease_ms=0)
        return commit(taken, *args, **more)

    turns.commit = slow  # type: ignore[method-assign]
    engine.mailbox.submit(header.id, SetVariables(set={"n": 1}))

    assert engine.instance_reader.get_variables(header.id) == {"n": 1}
    assert engine.incidents.find(IncidentQuery()) == []


def test_a_store_that_is_away_while_a_turn_is_decided_is_no_bug(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = engine.starts.start(deploy(engine).id)
    decide: Callable[..., Any] = Instance.decide
    away = [True]

    def reading(self: Instance, *args: Any) -> Any:
        if away:
            raise StoreUnavailable("the node that has the definition is away", retry_after=1)
        return decide(self, *args)

    monkeypatch.setattr(Instance, "decide", reading)
    with pytest.raises(StoreUnavailable):
        engine.mailbox.submit(header.id, SetVariables(set={"n": 1}))

    away.clear()
    clock.forward(engine.settings.lease_ms + 1)
    engine.run_due()
    assert engine.instance_reader.get_variables(header.id) == {"n": 1}
    assert engine.incidents.find(IncidentQuery()) == []


def test_a_store_that_is_away_while_a_command_is_applied_is_no_refusal(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = engine.starts.start(deploy(engine).id)
    apply: Callable[..., Any] = HANDLERS[SetVariables]
    away = [True]

    def reading(*args: Any) -> Any:
        if away:
            raise StoreUnavailable("the node that has the definition is away", retry_after=1)
        return apply(*args)

    monkeypatch.setitem(HANDLERS, SetVariables, reading)
    with pytest.raises(StoreUnavailable):
        engine.mailbox.submit(header.id, SetVariables(set={"n": 1}), command_id="c")

    away.clear()
    clock.forward(engine.settings.lease_ms + 1)
    engine.run_due()
    assert engine.instance_reader.get_variables(header.id) == {"n": 1}
