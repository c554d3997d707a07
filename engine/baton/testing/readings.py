"""What has been read of files, remembered: nearly every test deploys the same ones, and reading takes longest."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from hashlib import sha256
from typing import Any, ParamSpec, TypeVar, cast

from baton import bpmn
from baton.expression.dmn import read_dmn
from baton.service.compute.pool import InPlace
from baton.service.core.bounded_cache import BoundedCache
from baton.service.deployments.reading import read_outline

P = ParamSpec("P")
R = TypeVar("R")

MOST_BYTES = 10_000_000
"""Of the files whose readings are remembered: those of a large project."""
READING: tuple[Callable[..., object], ...] = (read_outline, bpmn.read_checked, read_dmn)
"""Functions that give the same for the same files, and what nobody changes."""


class RememberedReadings(InPlace):
    """Reads in this process what an engine wants to know of files, each of them once."""

    def __init__(self, engine: Any) -> None:
        super().__init__(engine)
        self._known: BoundedCache[Any] = BoundedCache(MOST_BYTES)

    def run(self, function: Callable[P, R], *args: P.args, **more: P.kwargs) -> R:
        if function not in READING or more:
            return super().run(function, *args, **more)
        return cast("R", self._remember(function, function, *args))

    def run_work(self, work: Callable[..., R], *arguments: object) -> R:
        """As ``Offload``: what reads may be wrapped by how it is run."""
        if not any(argument in READING for argument in arguments[:1]):
            return work(*arguments)
        return cast("R", self._remember(arguments[0], work, *arguments))

    def _remember(self, reading: object, work: Callable[..., object], *arguments: object) -> object:
        asked = pickle.dumps((reading, arguments))
        name = sha256(asked).hexdigest()
        known = self._known.get(name)
        if known is None:
            known = work(*arguments)
            self._known.put(name, known, len(asked))
        return known
