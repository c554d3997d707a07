"""What the root elements of deployed files say, beside the contents of the files.

A field of the hash of a deployment's contents, so it goes with the deployment, whatever release deletes it. Deployments
of releases that did not write it get it when somebody asks first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from baton.store import keys
from baton.store.blobs import BlobCodec
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend

FIELD = ":heads"
"""No id of a resource begins so; fields that begin with ``~`` would not be sealed anew."""


class FileHead(NamedTuple):
    """Attributes of the ``definitions`` element of a BPMN or DMN file; None where it has none."""

    id: str | None = None
    name: str | None = None
    namespace: str | None = None
    """``targetNamespace`` of BPMN, ``namespace`` of DMN: in Camunda 7 the category of what is in the file."""


Heads = Mapping[str, FileHead]
"""By the name of the file."""


class FileHeads:
    """The heads of files as stored."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def read(self, deployment_ids: Sequence[str]) -> list[Heads]:
        """Of each deployment in the order asked; none of files that an earlier release has deployed."""
        found = self._backend.read([("HGET", keys.name_resources(id_), FIELD) for id_ in deployment_ids])
        return [{} if blob is None else self._decode(blob) for blob in found]

    def _decode(self, blob: bytes) -> dict[str, FileHead]:
        rows: dict[str, Any] = self._blobs.decode(blob)
        return {name: FileHead(*row) for name, row in rows.items()}

    def write(self, deployment_id: str, heads: Heads) -> None:
        """Add those of a deployment of an earlier release, unless it was deleted meanwhile."""
        blob = self._backend.read([("HGET", keys.DEPLOYMENTS, deployment_id)])[0]
        if blob is not None:
            op: Op = ["HSET", keys.name_resources(deployment_id), FIELD, self._blobs.encode(dict(heads))]
            apply_ops(self._backend, keys.GENERATION, [op], [[keys.DEPLOYMENTS, deployment_id, blob]])
