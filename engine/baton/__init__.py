"""Baton: a BPMN 2.0 workflow service with durable compensation."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from baton.client import Client
    from baton.client.async_client import AsyncClient

__version__ = "0.2.0"
__all__ = ["AsyncClient", "Client", "__version__"]

_CLIENTS = {"Client": "baton.client", "AsyncClient": "baton.client.async_client"}


def __getattr__(name: str) -> Any:
    """The clients are imported by those who ask for them: the server's processes need none, and each costs memory."""
    if name not in _CLIENTS:
        raise AttributeError(f"module 'baton' has no attribute '{name}'")
    return getattr(import_module(_CLIENTS[name]), name)
