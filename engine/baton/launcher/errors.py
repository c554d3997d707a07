"""Why Baton does not start, as a sentence for the person at the terminal."""

from __future__ import annotations


class CannotStart(Exception):
    """Something outside Baton is missing or in the way; the message says what, and what to do."""
