"""Running instances: pure decisions on in-memory workflows."""

from baton.runtime.compensation.plan import PlanStep
from baton.runtime.core.errors import CommandFailed
from baton.runtime.core.ports import Decisions, Definitions, Ports, Scripts
from baton.runtime.data.trusted_python import TrustedPython
from baton.runtime.instance import Instance
from baton.runtime.view import TokenView, list_called

__all__ = [
    "CommandFailed",
    "Decisions",
    "Definitions",
    "Instance",
    "PlanStep",
    "Ports",
    "Scripts",
    "TokenView",
    "TrustedPython",
    "list_called",
]
