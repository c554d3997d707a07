"""Work that only computes and may take long, such as reading a large file: done where it is in nobody's way."""

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
