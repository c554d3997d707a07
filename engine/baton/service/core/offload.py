"""Work that only computes, may take long and cannot be refused: done where it is in nobody's way.

Such as reading a large file that is deployed. What may be refused has bounds and processes of its own (``compute/``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Offload(Protocol):
    """Runs ``work`` with the arguments and gives back what it gives, or raises what it raises."""

    def __call__(self, work: Callable[..., T], *arguments: object) -> T: ...


def run_here(work: Callable[..., T], *arguments: object) -> T:
    """In the calling thread: for a process that has nothing else to do meanwhile."""
    return work(*arguments)
