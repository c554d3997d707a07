"""Variables changed from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.commands import SetVariables
from baton.model.records import UserTask
from baton.runtime.data import inputs, variables

if TYPE_CHECKING:
    from baton.runtime.handlers.context import Turn


def change(turn: Turn, command: SetVariables) -> None:
    turn.require_alive()
    token = turn.get_token(command.token or 0)
    inputs.check_set(token, command.set, local=command.local)
    is_own = command.local or any(name in token.data for name in (*command.set, *command.removed))
    if command.local:
        variables.set_local(token, command.set)
        variables.remove(token, command.removed)
    else:
        variables.set_visible(token, command.set)
        variables.remove_visible(token, command.removed)
    for record in turn.workflow.waits.list_of_token(token.id) if is_own else ():
        if isinstance(record, UserTask):
            # Its variables are a part of it: the store notes that it was changed.
            turn.workflow.waits.put(record)
