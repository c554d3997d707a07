"""How a call can fail before it has a status."""

from __future__ import annotations


class CallRefused(Exception):
    """The call is not allowed, or the model asks for what cannot be: a further try would not help."""


class NotAnswered(Exception):
    """No whole answer came: a further try may help."""
