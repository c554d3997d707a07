"""One pure function per command: it changes the workflow or raises ``Rejected`` before it has changed anything."""

from baton.runtime.handlers.table import HANDLERS

__all__ = ["HANDLERS"]
