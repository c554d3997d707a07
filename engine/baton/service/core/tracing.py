"""What goes along with tasks and messages, so that work elsewhere is in the trace of the instance: ``traceparent``."""

from __future__ import annotations

from collections.abc import Sequence

from baton.model.records import ExternalTask
from baton.model.traces import make_message_span_id, make_parent, make_token_span_id
from baton.model.turn_result import Outgoing
from baton.store.store import Store


class Tracing:
    """``is_on``: a sink gets spans of Baton. Else what an instance began with is handed on as it is."""

    def __init__(self, store: Store, *, is_on: bool) -> None:
        self._store, self.is_on = store, is_on

    def find_trace_id(self, instance_id: str) -> str:
        """Of the trace that the instance is in, whether spans of it are sent or not."""
        (began_with,) = self._store.lists.read_traces([instance_id])
        return make_parent(began_with, instance_id, "").trace_id

    def find_of_task(self, task: ExternalTask, began_with: str | None) -> str | None:
        """``began_with``: the ``traceparent`` that the instance of the task began with."""
        if not self.is_on:
            return began_with
        span = make_token_span_id(task.instance_id, task.token)
        return make_parent(began_with, task.instance_id, span).format()

    def find_of_messages(self, sent: Sequence[Outgoing]) -> dict[str, str]:
        """By the id of the message, where there is one. One round trip. Raises StoreUnavailable."""
        senders = list(dict.fromkeys(out.sender for out in sent))
        began = dict(zip(senders, self._store.lists.read_traces(senders), strict=True)) if senders else {}
        found = {out.id: self._find_of_message(out, began[out.sender]) for out in sent}
        return {id_: parent for id_, parent in found.items() if parent is not None}

    def _find_of_message(self, out: Outgoing, began_with: str | None) -> str | None:
        if not self.is_on:
            return began_with
        return make_parent(began_with, out.sender, make_message_span_id(out.id)).format()
