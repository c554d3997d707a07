"""The shell around the pure runtime: takes turns, deploys, answers queries. It owns the clock and the ids."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from baton.service.core.settings import Settings as Settings
from baton.service.identity.roles import read_roles as read_roles

if TYPE_CHECKING:
    from .door import *  # noqa: F403


def __getattr__(name: str) -> Any:
    """All else when the first of it is asked for: settings alone are read without the engine (PEP 562)."""
    return getattr(import_module("baton.service.door"), name)
