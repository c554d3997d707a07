"""What events look like, for zstd: short chunks of history repeat little in themselves, and much of each other.

The examples are rows of events (see ``StoredHistory``) with made-up names. zstd points into them instead of repeating
what they say, so that a chunk takes half of what it takes without them. **They are part of the stored format**: blobs
of version 05 can be read only with exactly these bytes, to which nothing may be added. Better examples are another
dictionary, for another version (docs/decisions/0119).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgpack
import zstandard

_AT = 1_790_000_000_000
_ID = "0123456789abcdef-07.4"
_EXAMPLES: tuple[tuple[Any, ...], ...] = (
    # What is rare comes first: what is near the end takes fewer bytes to point at.
    (4, _AT, "InstanceMigrated", None, None, {"definition": "order:2:", "from": "order:1:", "elements": {}}),
    (4, _AT, "RolledBack", "task", None, {"to": "task", "by": "mary"}),
    (4, _AT, "InstanceSuspended", None, None, {"by": "mary"}),
    (5, _AT, "InstanceResumed", None, None, {"by": "mary"}),
    (6, _AT, "Triggered", "wait", 2, {"id": _ID}),
    (6, _AT, "DecisionEvaluated", "decide", 2, {"decisions": []}),
    (6, _AT, "ErrorThrown", "task", 2, {"code": "failed", "message": None, "caughtBy": "boundary"}),
    (6, _AT, "EscalationThrown", "task", 2, {"code": "late", "caughtBy": None}),
    (6, _AT, "IncidentOpened", "task", 2, {"id": _ID, "kind": "failedExternalTask", "message": "Expected "}),
    (7, _AT, "IncidentResolved", "task", 2, {"id": _ID, "by": "mary"}),
    (8, _AT, "UndoFailed", "cancel", 3, {"seq": 1, "message": "Expected "}),
    (8, _AT, "UndoSkipped", "cancel", 3, {"seq": 1, "by": "mary"}),
    (8, _AT, "UndoDiscarded", "cancel", 3, {"seq": 1}),
    (8, _AT, "CompensationStarted", "undo", 3, {"plan": [1, 2, 3]}),
    (9, _AT, "UndoStarted", "book", 4, {"seq": 1, "handler": "cancel"}),
    (9, _AT, "UndoCompleted", "book", 4, {"seq": 1}),
    (9, _AT, "CompensationCompleted", "undo", 3),
    (9, _AT, "MessageSent", "send", 3, {"id": _ID, "name": "message"}),
    (9, _AT, "SignalSent", "send", 3, {"id": _ID, "name": "signal"}),
    (9, _AT, "SubscriptionOpened", "receive", 3, {"id": _ID, "kind": "signal", "name": "signal"}),
    (9, _AT, "SignalReceived", "receive", 3, {"id": _ID, "name": "signal"}),
    (9, _AT, "SubscriptionOpened", "receive", 3, {"id": _ID, "kind": "condition", "name": "condition"}),
    (9, _AT, "ConditionMet", "receive", 3, {"id": _ID, "name": "condition"}),
    (9, _AT, "SubscriptionOpened", "receive", 3, {"id": _ID, "kind": "message", "name": "message"}),
    (9, _AT, "MessageReceived", "receive", 3, {"id": _ID, "name": "message"}),
    (9, _AT, "TimerSet", "wait", 3, {"id": _ID, "due": _AT}),
    (9, _AT, "TimerFired", "wait", 3, {"id": _ID}),
    (9, _AT, "TokenMerged", "join", 3, {"into": 2}),
    (9, _AT, "ElementCancelled", "task", 3),
    (9, _AT, "ElementEntered", "call", 3, {"parent": 2, "called": "other:1:"}),
    (9, _AT, "ElementEntered", "each", 3, {"parent": 2, "body": True}),
    (9, _AT, "ElementEntered", "inner", 3, {"parent": 2}),
    (9, _AT, "ElementCompleted", "each", 3, {"body": True}),
    (9, _AT, "UserTaskCreated", "review", 3, {"id": _ID, "assignee": None, "name": "Review"}),
    (9, _AT, "UserTaskChanged", "review", 3, {"id": _ID, "assignee": "mary", "by": "mary"}),
    (9, _AT, "UserTaskCompleted", "review", 3, {"id": _ID, "by": "mary"}),
    (9, _AT, "ExternalTaskFailed", "work", 3, {"id": _ID, "worker": "worker", "message": "Expected ", "retries": 2}),
    (9, _AT, "CompensationRecorded", "work", 3, {"seq": 1, "handler": "cancel"}),
    (1, _AT, "InstanceStarted", None, None, {"definition": "order:1:", "by": "mary", "businessKey": "order-1"}),
    (2, _AT, "VariablesChanged", None, 0, {"scope": 0, "set": {"amount": 100}}),
    (3, _AT, "ElementEntered", "start", 1),
    (4, _AT, "ElementCompleted", "start", 1),
    (5, _AT, "FlowTaken", "flow1", 1, {"flow": "flow1"}),
    (6, _AT, "ElementEntered", "work", 2),
    (7, _AT, "ExternalTaskCreated", "work", 2, {"id": _ID, "topic": "work"}),
    (8, _AT, "ExternalTaskCompleted", "work", 2, {"id": _ID, "worker": "worker"}),
    (9, _AT, "VariablesChanged", "work", 0, {"scope": 0, "set": {"approved": True}}),
    (10, _AT, "ElementCompleted", "work", 2),
    (11, _AT, "FlowTaken", "flow2", 2, {"flow": "flow2"}),
    (12, _AT, "ElementEntered", "end", 4),
    (13, _AT, "ElementCompleted", "end", 4),
    (14, _AT, "InstanceEnded", "end", None, {"state": "completed"}),
)
_LEVEL = 6


@cache
def list_content() -> bytes:
    """The examples, one behind the other."""
    return b"".join(msgpack.packb(row) for row in _EXAMPLES)


def make_dictionary() -> zstandard.ZstdCompressionDict:
    """For one context alone: to prepare it frees what it was prepared to before, which another thread may be using."""
    return zstandard.ZstdCompressionDict(list_content(), dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def make_compressor() -> zstandard.ZstdCompressor:
    """Its frames are without magic number and id of the dictionary, which the version of a blob says."""
    found: Any = make_dictionary()
    zstd: Any = zstandard
    parameters = zstd.ZstdCompressionParameters.from_level(
        _LEVEL,
        source_size=512,
        dict_size=len(found),
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        write_content_size=True,
        write_checksum=False,
        write_dict_id=False,
    )
    found.precompute_compress(compression_params=parameters)
    return zstandard.ZstdCompressor(dict_data=found, compression_params=parameters)


def make_decompressor() -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(dict_data=make_dictionary(), format=zstandard.FORMAT_ZSTD1_MAGICLESS)
