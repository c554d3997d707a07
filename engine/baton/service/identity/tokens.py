"""Random tokens: shown once, and kept as their SHA-256 only."""

from __future__ import annotations

import hashlib
import secrets

KEY_PREFIX = "baton_"
"""By which a key that was published by mistake is recognised."""


def make_token(prefix: str = "") -> str:
    """256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def digest_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
