"""Channels of publish and subscribe: hints only, never the only way to learn something."""

from __future__ import annotations

DUE_CHANNEL = "baton:due"
"""Something is due within ``SOON_MS`` of ``due_hints.lua``; the message is its instance."""
OUTBOX_CHANNEL = "baton:outbox"
"""An instance has put something into the outbox, or something there has become due."""


def name_answers_channel(process: str) -> str:
    return f"baton:answers:{process}"


def name_topic_channel(topic: str) -> str:
    return f"baton:topic:{topic}"
