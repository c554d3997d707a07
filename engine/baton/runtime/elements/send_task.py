"""Send task: a worker sends the message, or Baton delivers it to an instance that waits for it (§13.3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.runtime.elements.service_task import ServiceTask
from baton.runtime.events import signals

if TYPE_CHECKING:
    from baton.runtime.core.token import Token


class SendTask(ServiceTask):
    def run_inline(self, token: Token) -> bool:
        for event in self.events:
            target = self.model.message_targets.get(self.name)
            signals.send(token, event, signals.evaluate_payload(token, event) or dict(token.data), target)
        return super().run_inline(token)
