"""Messages and signals from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.commands import DeliverMessage, DeliverSignal
from baton.model.records import Subscription
from baton.runtime.data import inputs, variables
from baton.runtime.events import signals, triggers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from baton.model.values import Value
    from baton.runtime.handlers.context import Turn


def deliver_message(turn: Turn, command: DeliverMessage) -> None:
    subscription = turn.find(Subscription, command.subscription_id)
    turn.require_running()
    token = turn.get_token(subscription.token)
    inputs.check_set(token, command.variables)
    inputs.check_set(token, command.local_variables, local=True)
    variables.set_local(token, command.local_variables)
    triggers.fire(turn.workflow, subscription, command.variables)


def deliver_signal(turn: Turn, command: DeliverSignal) -> Mapping[str, Value]:
    turn.require_running()
    return {"received": signals.receive(turn.workflow, command.name, command.variables)}
