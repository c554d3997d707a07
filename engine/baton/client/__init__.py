"""Call a Baton from Python::

    from baton.client import Client

    with Client("http://127.0.0.1:8080") as baton:
        baton.deploy("order.bpmn")
        ended = baton.start_and_wait("order", {"amount": 49}, business_key="A-1")
        print(ended.instance.state, ended.variables)

``AsyncClient`` in ``baton.client.async_client`` has the same calls for asyncio.
"""

from baton.client.client import Client
from baton.client.shapes import (
    Awaited,
    Definition,
    Deployment,
    Event,
    Incident,
    Instance,
    InstanceList,
    LedgerEntry,
    PlannedUndo,
    Problem,
    Snapshot,
    Started,
    UserTask,
)
from baton.client.waiting import StillRunning
from baton.worker.errors import EngineRefused, EngineUnreachable

__all__ = [
    "Awaited",
    "Client",
    "Definition",
    "Deployment",
    "EngineRefused",
    "EngineUnreachable",
    "Event",
    "Incident",
    "Instance",
    "InstanceList",
    "LedgerEntry",
    "PlannedUndo",
    "Problem",
    "Snapshot",
    "Started",
    "StillRunning",
    "UserTask",
]
