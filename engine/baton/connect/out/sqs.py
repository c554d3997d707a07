"""Events to a queue of Amazon SQS; a FIFO queue keeps them in order per instance and drops repeats by itself."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from baton.connect.buses.sqs import FIFO, OPTIONS, make_client
from baton.connect.options import take_options, take_timeout
from baton.connect.out.sink import Sent, describe, to_bytes
from baton.connect.out.waves import Outcomes, Wave, make_waves
from baton.service import OutgoingEvent

_MOST, _MOST_BYTES = 10, 256 * 1024
"""Of a request, as SQS says."""
_PLAIN = re.compile(r"[A-Za-z0-9!-/:-@\[-`{-~]{1,128}")
"""What may be an id for SQS."""
_REFUSED = frozenset({"InvalidMessageContents", "InvalidParameterValue", "MessageTooLong", "BatchRequestTooLong"})


class SqsSink:
    """Structured CloudEvents as JSON. In a FIFO queue the group is the instance, the deduplication id the event's."""

    at_once = 100

    def __init__(self, options: Mapping[str, Any]) -> None:
        given = take_options(options, {"url": str}, OPTIONS)
        self._timeout, self._url = take_timeout(given), given["url"]
        self._client = make_client(given, self._timeout)
        self._keeps_order = self._url.endswith(FIFO)

    def send(self, events: Sequence[OutgoingEvent]) -> Sent:
        outcomes, deadline = Outcomes(len(events)), time.monotonic() + self._timeout
        bodies = [to_bytes(item.event).decode() for item in events]
        for wave in make_waves(events, _MOST):
            for part in _split(wave, bodies):
                if not outcomes.has_failed and time.monotonic() < deadline:
                    self._send_part(part, bodies, outcomes)
        return outcomes.conclude()

    def _send_part(self, part: Wave, bodies: Sequence[str], outcomes: Outcomes) -> None:
        entries = [self._make_entry(place, item, bodies[place]) for place, item in part]
        try:
            found = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        except ClientError as error:
            self._interpret(error, part, bodies, outcomes)
        except BotoCoreError as error:
            outcomes.fail(describe(error))
        else:
            _note(found, outcomes)

    def _interpret(self, error: ClientError, part: Wave, bodies: Sequence[str], outcomes: Outcomes) -> None:
        """Of several, one may be what the queue does not want: each is then sent alone."""
        if error.response["Error"].get("Code") not in _REFUSED:
            outcomes.fail(describe(error))
        elif len(part) == 1:
            outcomes.refuse(part[0][0], describe(error))
        else:
            for item in part:
                if not outcomes.has_failed:
                    self._send_part([item], bodies, outcomes)

    def _make_entry(self, place: int, item: OutgoingEvent, body: str) -> dict[str, Any]:
        entry: dict[str, Any] = {"Id": str(place), "MessageBody": body}
        if self._keeps_order:
            source = str(item.event["source"])
            entry["MessageGroupId"] = make_id(item.key)
            entry["MessageDeduplicationId"] = make_id(f"{source}#{item.event['id']}")
        return entry

    def close(self) -> None:
        self._client.close()


def _note(answer: Mapping[str, Any], outcomes: Outcomes) -> None:
    for entry in answer.get("Successful", ()):
        outcomes.confirm(int(entry["Id"]))
    for entry in answer.get("Failed", ()):
        why = f"{entry.get('Code')}: {entry.get('Message', '')}"
        if entry.get("SenderFault") and entry.get("Code") in _REFUSED:
            outcomes.refuse(int(entry["Id"]), why)
        else:
            outcomes.fail(why)


def _split(wave: Wave, bodies: Sequence[str]) -> list[Wave]:
    """Parts whose bodies are within the bounds of a request; one that is too large is alone."""
    parts: list[Wave] = []
    size = _MOST_BYTES
    for place, item in wave:
        bytes_ = len(bodies[place].encode())
        if size + bytes_ > _MOST_BYTES:
            parts.append([])
            size = 0
        parts[-1].append((place, item))
        size += bytes_
    return parts


def make_id(text: str) -> str:
    """A text as an id for SQS: itself, or its hash."""
    return text if _PLAIN.fullmatch(text) else hashlib.sha256(text.encode()).hexdigest()
