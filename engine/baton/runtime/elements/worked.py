"""Tasks that may be done by a worker: what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import Node
from baton.runtime import external
from baton.runtime.elements.activity import Activity

if TYPE_CHECKING:
    from baton.runtime.spec import Spec
    from baton.runtime.token import Token


class Worked(Activity):
    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.work = external.WorkCode(node.external) if node.external is not None else None

    def behave(self, token: Token) -> bool:
        if self.work is None:
            return self.behave_here(token)
        external.open_task(token, self.work)
        return False

    def behave_here(self, token: Token) -> bool:
        """Do the work in place, when no worker is to do it: True when it is done."""
        raise NotImplementedError
