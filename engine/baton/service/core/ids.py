"""Ids that the engine gives: the only place where randomness enters."""

from __future__ import annotations

import hashlib
import itertools

from baton.model import ids
from baton.model.standalone import NUMBER
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

    def make_task_id(self, command_id: str | None = None) -> str:
        """Of a task that belongs to no process; the same for the same command id."""
        data = self._random(10) if command_id is None else hashlib.sha256(command_id.encode()).digest()
        return ids.make_text(data[:10])

    def find_task(self, task_id: str) -> str:
        """The record of a task by the id that is shown of it; that of a task without a process says where it is."""
        if ids.parse_record_id(task_id) is not None:
            return task_id
        return str(ids.RecordId(self.make_instance_id(f"task:{task_id}"), NUMBER))

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
