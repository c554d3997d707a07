"""Lists skip what cannot be read, so that it does not spoil them for everybody; its instance gets an incident."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog

from baton.model.ids import get_instance_id
from baton.service.turns.mailbox import Mailbox
from baton.store.ports import StoreUnavailable

log = structlog.get_logger("baton.reads")
T = TypeVar("T")
_REMEMBERED = 10_000


class UnreadableInstances:
    """What cannot be read is reported once by each process: in the log, and as an incident of its instance."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._reported: set[tuple[str, str]] = set()

    def read_or_skip(self, id_: str, read: Callable[[], T]) -> T | None:
        """What ``read`` returns; None, after a report, if the instance is gone, damaged or without a definition.

        ``id_``: of the instance, or of one of its records. Raises StoreUnavailable: then it is not the instance that is
        at fault.
        """
        try:
            return read()
        except StoreUnavailable:
            raise
        except Exception as error:
            self.report(get_instance_id(id_), str(error))
            return None

    def report(self, instance_id: str, reason: str) -> None:
        """The incident is opened in a turn, which finds out whether the instance really cannot be read."""
        if (instance_id, reason) in self._reported:
            return
        log.warning("instance skipped", action="instance.unreadable", instance=instance_id, reason=reason)
        try:
            done = self._mailbox.report_unreadable(instance_id)
        except Exception as error:
            log.warning("not reported", action="instance.unreported", instance=instance_id, reason=str(error))
            return
        if done and len(self._reported) < _REMEMBERED:
            self._reported.add((instance_id, reason))
