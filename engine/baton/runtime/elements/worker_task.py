"""Tasks that may be done by a worker: what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import Node
from baton.runtime.elements import external_work
from baton.runtime.elements.activity import Activity

if TYPE_CHECKING:
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


class WorkerTask(Activity):
    def __init__(self, spec: Spec, node: Node, **kwargs: object) -> None:
        super().__init__(spec, node, **kwargs)
        self.work = external_work.WorkCode(node.external) if node.external is not None else None

    def _execute(self, task: Token) -> bool | None:
        if self.work is None:
            return self.run_inline(task)
        external_work.open_task(task, self.work)
        return False

    def run_inline(self, token: Token) -> bool:
        """Do the work in place, when no worker is to do it: True when it is done."""
        raise NotImplementedError
