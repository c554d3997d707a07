"""Variables changed from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.commands import SetVariables
from baton.runtime.data import inputs, variables

if TYPE_CHECKING:
    from baton.runtime.handlers.context import Turn


def change(turn: Turn, command: SetVariables) -> None:
    turn.require_alive()
    token = turn.get_token(command.token or 0)
    inputs.check_set(token, command.set, local=command.local)
    if command.local:
        variables.set_local(token, command.set)
        variables.remove(token, command.removed)
    else:
        variables.set_visible(token, command.set)
        variables.remove_visible(token, command.removed)
