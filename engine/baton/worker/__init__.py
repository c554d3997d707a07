"""Write workers in Python::

    from baton.worker import BpmnError, Failure, Task, worker

    @worker("charge-card", lock=30, concurrency=4)
    def charge_card(task: Task) -> dict:
        receipt = payments.charge(task.variables["amount"], idempotency_key=task.idempotency_key)
        return {"receipt": receipt.id}

and run them with ``baton worker my_module``, or ``baton-worker my_module`` where only the SDK is installed.
"""

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
