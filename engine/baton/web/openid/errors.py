"""Why somebody could not sign in by the provider."""

from __future__ import annotations

from typing import Literal, TypeAlias

from baton.model.errors import NotSignedIn

Reason: TypeAlias = Literal["refused", "expired", "untrusted", "unavailable", "account"]
"""``refused``: the provider says no. ``expired``: not begun by this browser, too long ago, or used before.
``untrusted``: what the provider has sent does not hold. ``unavailable``: it does not answer. ``account``: somebody who
may not come in."""


class ProviderFailed(NotSignedIn):
    """The page of signing in has a sentence for ``reason``; the message is for the log."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason
