"""What segments have of instances, sealed with the first encryption key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from baton.store import codec, places
from baton.store.archive.replies import Contents
from baton.store.blobs import BlobCodec

_OWN = ord("~")


@dataclass(slots=True)
class SealedSegments:
    """How many blobs were sealed, and of which instances some cannot be opened by any key."""

    sealed: int = 0
    unreadable: list[str] = field(default_factory=list[str])


def seal_contents(blobs: BlobCodec, instance_id: str, contents: Contents, report: SealedSegments) -> Contents:
    """What cannot be opened stays as it is."""

    def seal(blob: bytes, place: str) -> bytes:
        try:
            sealed = blobs.seal_again(blob, place)
        except codec.Damaged:
            report.unreadable.append(instance_id)
            return blob
        report.sealed += sealed is not None
        return blob if sealed is None else sealed

    def seal_hash(flat: Mapping[bytes, bytes], name_place: Callable[[str, str], str]) -> dict[bytes, bytes]:
        return {
            name: blob if name[0] == _OWN else seal(blob, name_place(instance_id, name.decode()))
            for name, blob in flat.items()
        }

    return Contents(
        seal_hash(contents.state, places.name_field),
        [seal(chunk, places.name_history(instance_id)) for chunk in contents.history],
        seal_hash(contents.comments, places.name_comment),
        seal_hash(contents.attachments, places.name_attachment),
        seal_hash(contents.attached, places.name_attachment_content),
        contents.removal,
    )
