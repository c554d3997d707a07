"""Events from a queue of Amazon SQS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from baton.connect.buses.sqs import OPTIONS, make_client
from baton.connect.into.source import Received
from baton.connect.options import take_options, take_timeout

_AT_ONCE = 10
_WAIT_S = 5
"""The longest wait for a message: each request costs."""


class SqsSource:
    """What is acknowledged is deleted; what is not comes again when its visibility timeout is over."""

    def __init__(self, options: Mapping[str, Any], consumer: str) -> None:
        del consumer  # SQS has no names of consumers
        given = take_options(options, {"url": str}, {**OPTIONS, "visibility": int})
        self._url = given["url"]
        self._client = make_client(given, take_timeout(given), _WAIT_S)
        self._visibility = {"VisibilityTimeout": given["visibility"]} if "visibility" in given else {}

    def receive(self, wait_ms: int) -> Sequence[Received]:
        found = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=_AT_ONCE,
            WaitTimeSeconds=_WAIT_S if wait_ms >= 1_000 else 0,
            **self._visibility,
        )
        return [Received(item["Body"].encode(), item["ReceiptHandle"]) for item in found.get("Messages", ())]

    def confirm(self, done: Sequence[Received]) -> None:
        entries = [{"Id": str(place), "ReceiptHandle": item.mark} for place, item in enumerate(done)]
        found = self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)
        if found.get("Failed"):
            raise ConnectionError(f"a message could not be deleted: {found['Failed'][0].get('Message')}")

    def count_waiting(self) -> int | None:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=names)
        return sum(int(value) for value in found["Attributes"].values())

    def close(self) -> None:
        self._client.close()
