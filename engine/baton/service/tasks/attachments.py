"""Attachments of tasks: files that are kept, and addresses of what is kept elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from baton.model.errors import BadRequest, NotFound
from baton.model.records import UserTask
from baton.service.core.admission import AdmissionControl
from baton.service.core.clock import Clock
from baton.service.core.ids import Ids
from baton.service.core.settings import Settings
from baton.service.tasks.known_tasks import KnownTasks, make_missing_task
from baton.store.attachments import Attachment, TooManyAttachments
from baton.store.store import Store

MOST_ATTACHMENTS = 100
"""Of one instance."""
LONGEST_TEXT = 4_000
"""Characters of a name, a description, a type or an address."""
SCHEMES = ("https://", "http://")
"""Other addresses could run scripts where somebody clicks on them."""


class Attachments:
    """They stay when the task is done, and go with its instance."""

    def __init__(
        self, store: Store, tasks: KnownTasks, admission: AdmissionControl, settings: Settings, ids: Ids, clock: Clock
    ) -> None:
        self._attachments, self._tasks, self._settings = store.attachments, tasks, settings
        self._admission, self._ids, self._clock = admission, ids, clock

    def list(self, task_id: str) -> Sequence[Attachment]:
        """Of an open task, or one that has ended; the oldest first. Raises NotFound."""
        header = self._tasks.find_instance(task_id)
        found = [item for item in self._attachments.list(header.id) if item.task_id == task_id]
        if not found:
            self._tasks.require(header, task_id)
        return found

    def get(self, task_id: str, attachment_id: str) -> Attachment:
        """Raises NotFound."""
        header = self._tasks.find_instance(task_id)
        found = self._attachments.get(header.id, attachment_id)
        if found is None or found.task_id != task_id:
            raise _make_missing(task_id, attachment_id)
        return found

    def read_content(self, task_id: str, attachment_id: str) -> bytes:
        """Raises NotFound for an address too."""
        found = self.get(task_id, attachment_id)
        content = self._attachments.read_content(found.instance_id, found.id)
        if content is None:
            raise NotFound(f"Expected an attachment with content, but '{attachment_id}' has none")
        return content

    def find_tasks_with(self, tasks: Sequence[UserTask]) -> set[str]:
        """Which of them, all within reach, have attachments: by the ids that are shown of them."""
        instances = list(dict.fromkeys(task.instance_id for task in tasks))
        return self._attachments.list_task_ids(instances) if instances else set()

    def add(self, attachment: Attachment, content: bytes | None, command_id: str | None) -> Attachment:
        """Attach a file or an address to ``attachment.task_id``, with the names, the person and the address given.

        Repeated with the same command id it gives the attachment that is there. Raises NotFound,
        BadRequest, Overloaded.
        """
        header = self._tasks.find_instance(attachment.task_id)
        self._tasks.require(header, attachment.task_id)
        attachment_id = command_id or self._ids.make_command_id()
        if (known := self._attachments.get(header.id, attachment_id)) is not None:
            return known
        self._check(attachment, content)
        self._admission.admit("an attachment")
        size = None if content is None else len(content)
        made = replace(attachment, id=attachment_id, instance_id=header.id, at=self._clock.now(), size=size)
        try:
            if not self._attachments.add(made, content, MOST_ATTACHMENTS):
                raise make_missing_task(attachment.task_id)
        except TooManyAttachments as error:
            raise BadRequest(
                f"Expected at most {MOST_ATTACHMENTS} attachments in one process instance, but {header.id} has them: "
                "delete some first"
            ) from error
        return made

    def remove(self, attachment: Attachment) -> None:
        """One that is gone already is passed over."""
        self._attachments.remove(attachment, self._clock.now())

    def _check(self, attachment: Attachment, content: bytes | None) -> None:
        if (content is None) is (attachment.url is None):
            raise BadRequest("Expected either a file in the form part 'content' or a 'url', but found none or both")
        if content is not None and len(content) > self._settings.max_attachment_bytes:
            raise BadRequest(
                f"Expected a file of at most {self._settings.max_attachment_bytes} bytes (setting "
                f"BATON_MAX_ATTACHMENT_BYTES), but found {len(content)}: keep it elsewhere and attach its address"
            )
        if attachment.url is not None and not attachment.url.lower().startswith(SCHEMES):
            raise BadRequest(f"Expected a url that begins with {' or '.join(SCHEMES)}, but found '{attachment.url}'")
        for what, text in (
            ("attachment-name", attachment.name),
            ("attachment-description", attachment.description),
            ("attachment-type", attachment.kind),
            ("url", attachment.url),
        ):
            if text is not None and len(text) > LONGEST_TEXT:
                raise BadRequest(f"Expected at most {LONGEST_TEXT} characters for '{what}', but found {len(text)}")


def _make_missing(task_id: str, attachment_id: str) -> NotFound:
    return NotFound(f"Expected an attachment '{attachment_id}' of task '{task_id}', but there is none")
