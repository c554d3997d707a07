"""Ids that the engine gives: the only place where randomness enters."""

from __future__ import annotations

import hashlib
import itertools

from baton.model import ids
from baton.service.core.settings import Settings


class Ids:
    """Ids of instances, commands and turns of one process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._random = settings.random
        self.process = ids.make_text(settings.random(5))
        self._turns = itertools.count(1)

    def make_command_id(self) -> str:
        return ids.make_text(self._random(10))

    def make_deployment_id(self) -> str:
        return ids.make_text(self._random(10))

    def make_turn_owner(self) -> str:
        """A name for one attempt to take a turn; begins with the process."""
        return f"{self.process}.{next(self._turns)}"

    def make_instance_id(self, command_id: str | None = None, beside: str | None = None) -> str:
        """A new instance id; the same for the same command id, so that a repeated start finds its instance.

        Instances with the same ``beside`` are in the same partition.
        """
        data = self._random(12) if command_id is None else hashlib.sha256(command_id.encode()).digest()
        place = data if beside is None else hashlib.sha256(beside.encode()).digest()
        return ids.make_instance_id(data, int.from_bytes(place[10:12], "big") % self._settings.partitions)
