"""Passwords, as argon2 keeps them (OWASP's parameters: 19 MiB, two passes, one lane)."""

from __future__ import annotations

from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from baton.model.errors import BadRequest
from baton.service.core.offload import Offload

SHORTEST = 12
LONGEST = 1_000
"""Characters: more would only cost time."""
LENGTHS = (SHORTEST, LONGEST)


class Passwords:
    """``offload``: a verification takes some 20 ms, during which others go on."""

    def __init__(self, offload: Offload) -> None:
        self._offload = offload
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

    def hash(self, password: str) -> str:
        """Raises BadRequest for one that is too short or too long."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadRequest(
                f"Expected a password of {SHORTEST} to {LONGEST} characters, but found one of {len(password)}"
            )
        return self._offload(self._hasher.hash, password)

    def verify(self, password: str, kept: str | None) -> bool:
        """Whether it is the password. Without one kept it takes the same time, and is false."""
        return self._offload(self._verify, password[: LONGEST + 1], kept or self._dummy) and kept is not None

    def _verify(self, password: str, kept: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _dummy(self) -> str:
        """Compared with for an unknown name: the time it takes does not tell whether there is such a name."""
        return self._hasher.hash("nobody has this password")
