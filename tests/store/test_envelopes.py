"""Commands on their way, as this release and the one before write them."""

from __future__ import annotations

from typing import Any

import pytest

from baton.model.commands import Envelope, OnFailure, StartInstance
from baton.store import places
from baton.store.blobs import BlobCodec
from baton.store.envelopes import decode_queued, encode_queued
from baton.store.ports import Queued


@pytest.mark.parametrize("by", [None, "ada"])
@pytest.mark.parametrize("on_failure", [None, "incident"])
@pytest.mark.parametrize("traceparent", [None, "00-1-2-01"])
def test_what_goes_with_a_command_comes_back_and_an_earlier_release_reads_the_rest(
    by: str | None, on_failure: OnFailure | None, traceparent: str | None
) -> None:
    envelope = Envelope(
        id="c",
        command=StartInstance(definition_id="p:1:d"),
        submitted_at=7,
        correlation_id="o-1",
        by=by,
        on_failure=on_failure,
        traceparent=traceparent,
    )
    blobs = BlobCodec()

    blob = encode_queued(blobs, Queued(envelope=envelope), "i")

    assert decode_queued(blobs, blob, "i").envelope == envelope
    correlation: Any = blobs.decode(blob, places.name_mailbox("i"))[2]
    _, read_by = correlation if isinstance(correlation, list) else (correlation, None)
    assert read_by == by
