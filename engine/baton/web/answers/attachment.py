"""Attachments of tasks as they are sent."""

from __future__ import annotations

from pydantic import Field

from baton.service import StoredAttachment
from baton.web.answers.common import Link
from baton.web.answers.work import find_process_instance
from baton.web.models.base import Answer
from baton.web.times import format_date


class Attachment(Answer):
    """A file or an address that somebody has attached to a task."""

    links: list[Link]
    id: str
    name: str | None
    description: str | None
    taskId: str
    type: str | None
    url: str | None = Field(description="null for a file, whose content is at /data")
    createTime: str | None
    removalTime: None = None
    rootProcessInstanceId: str | None = Field(description="null for a task without a process")
    size: int | None = Field(description="only in Baton: of the file, in bytes")
    userId: str | None = Field(description="only in Baton: who has attached it; null where nobody signs in")


def show_attachment(attachment: StoredAttachment, root: str) -> Attachment:
    path = f"{root}/task/{attachment.task_id}/attachment/{attachment.id}"
    return Attachment(
        links=[Link(method="GET", href=path, rel="self")],
        id=attachment.id,
        name=attachment.name,
        description=attachment.description,
        taskId=attachment.task_id,
        type=attachment.kind,
        url=attachment.url,
        createTime=format_date(attachment.at),
        rootProcessInstanceId=find_process_instance(attachment.task_id),
        size=attachment.size,
        userId=attachment.by,
    )
