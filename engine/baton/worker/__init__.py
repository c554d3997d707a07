"""Write workers in Python::

    from baton.worker import BpmnError, Failure, Task, worker

    @worker("charge-card", lock=30, concurrency=4)
    def charge_card(task: Task) -> dict:
        receipt = payments.charge(task.variables["amount"], idempotency_key=task.idempotency_key)
        return {"receipt": receipt.id}

and run them with ``baton worker my_module``, or ``baton-worker my_module`` where only the SDK is installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from baton.worker.calling import Middleware
    from baton.worker.errors import BpmnError, EngineRefused, EngineUnreachable, Failure
    from baton.worker.handler import AnyHandler, Handler, worker
    from baton.worker.rest import Rest
    from baton.worker.runner import Runner
    from baton.worker.task import Task

__all__ = [
    "AnyHandler",
    "BpmnError",
    "EngineRefused",
    "EngineUnreachable",
    "Failure",
    "Handler",
    "Middleware",
    "Rest",
    "Runner",
    "Task",
    "worker",
]

_PLACES = {
    "AnyHandler": "handler",
    "BpmnError": "errors",
    "EngineRefused": "errors",
    "EngineUnreachable": "errors",
    "Failure": "errors",
    "Handler": "handler",
    "Middleware": "calling",
    "Rest": "rest",
    "Runner": "runner",
    "Task": "task",
    "worker": "handler",
}


def __getattr__(name: str) -> Any:
    """Each from its module when it is asked for: what only sends requests imports nothing of tasks."""
    if name not in _PLACES:
        raise AttributeError(f"module 'baton.worker' has no attribute '{name}'")
    return getattr(import_module(f"baton.worker.{_PLACES[name]}"), name)
