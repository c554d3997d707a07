"""What steps of external tasks gave, so that a further attempt reads it in place of doing them again."""

from __future__ import annotations

from typing import cast

from baton.model.records import ExternalTask
from baton.model.values import Value
from baton.store import keys, places
from baton.store.blobs import BlobCodec
from baton.store.ports import Backend, iterate_pairs


class RecordedResults:
    """One hash for each task that has any; it goes with the task."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def read(self, task_id: str) -> dict[str, Value]:
        """All of a task, by their keys. Raises Damaged."""
        flat = self._backend.read([("HGETALL", keys.name_results(task_id))])[0]
        return {key.decode(): self._blobs.decode(blob, _place(task_id, key)) for key, blob in iterate_pairs(flat)}

    def record(self, task: ExternalTask, key: str, blob: bytes, most: int) -> tuple[str, Value]:
        """OK and what is recorded now, which is the first that came; NONE: the task is gone; FULL: it has ``most``."""
        number = task.id.rpartition(".")[2]
        names = [keys.name_state(task.instance_id), keys.name_results(task.id)]
        reply = self._backend.run("record", names, (number, key, blob, most))
        word = cast("bytes", reply[0]).decode()
        return word, self._blobs.decode(reply[1], _place(task.id, key.encode())) if word == "OK" else None

    def encode(self, task_id: str, key: str, value: Value) -> bytes:
        """Raises TypeError for what is not a Value."""
        return self._blobs.encode(value, place=_place(task_id, key.encode()))


def _place(task_id: str, key: bytes) -> str:
    return places.name_result(task_id, key.decode())
