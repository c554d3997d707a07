"""Parts that SpiffWorkflow gives each task spec of its own, empty, and that nothing here fills: one for all specs.

They are nine of ten objects of a spec. A process of 10,000 tasks takes a third of the memory without them, and Python
is quicker in looking for garbage, during which nobody is served.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Never

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.util.event import Event


class NobodyListens(Event):
    """An event of all task specs: who listened to one would hear of all."""

    def connect(self, callback: Callable[..., object], *args: object, **kwargs: object) -> Never:  # noqa: ARG002
        """Raises TypeError."""
        raise TypeError(f"Expected no listeners at task specs, which share their events, but found {callback!r}")

    listen = connect


_EVENT = NobodyListens()
_SHARED: dict[str, object] = {
    **dict.fromkeys(
        ("update_event", "ready_event", "completed_event", "error_event", "cancelled_event", "run_event"), _EVENT
    ),
    **dict.fromkeys(("pre_assign", "post_assign", "data_input_associations", "data_output_associations"), ()),
}


def share_parts(spec: BpmnTaskSpec) -> None:
    """Give a task spec the shared parts instead of its own."""
    for name, part in _SHARED.items():
        setattr(spec, name, part)
