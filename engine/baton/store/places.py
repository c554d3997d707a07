"""Where a sealed blob belongs: what its seal is bound to, so that one that was moved or swapped is found out.

Fields of a state have places of their own; the names of the others begin with ``~`` and are never fields.
"""

from __future__ import annotations

HISTORY = "~history"
"""In the place of a field: what is bound there is a chunk of events."""


def name_field(instance_id: str, name: str) -> str:
    """Of a field of the state of an instance."""
    return f"{instance_id}/{name}"


def name_history(instance_id: str) -> str:
    """Of a chunk of events; the list and the live stream hold the same blob."""
    return name_field(instance_id, HISTORY)


def name_live(instance_id: str) -> str:
    """Of the header beside a chunk on the live stream."""
    return f"{instance_id}/~live"


def name_progress(task_id: str) -> str:
    return f"{task_id}/~progress"


def name_result(task_id: str, key: str) -> str:
    """Of what a step of an external task gave."""
    return f"{task_id}/~result/{key}"


def name_comment(instance_id: str, comment_id: str) -> str:
    """Of what somebody has written about a task."""
    return f"{instance_id}/~comment/{comment_id}"


def name_attachment(instance_id: str, attachment_id: str) -> str:
    """Of what is known of an attachment of a task."""
    return f"{instance_id}/~attachment/{attachment_id}"


def name_attachment_content(instance_id: str, attachment_id: str) -> str:
    return f"{instance_id}/~attached/{attachment_id}"


def name_mailbox(instance_id: str) -> str:
    return f"{instance_id}/~mailbox"


def name_answer(instance_id: str, command_id: str) -> str:
    return f"{instance_id}/~answer/{command_id}"


def name_outgoing(outgoing_id: str) -> str:
    return f"{outgoing_id}/~outgoing"


def name_captured(instance_id: str) -> str:
    """Of a turn that sinks get."""
    return f"{instance_id}/~captured"


def name_audit_values(entry_id: str) -> str:
    return f"~audit/{entry_id}"


def name_batch(batch_id: str, part: str) -> str:
    """Of a part of a batch: its row, its items, why one of them has failed."""
    return f"~batch/{batch_id}/{part}"
