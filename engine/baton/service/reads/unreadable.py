"""Lists pass over an instance that cannot be read, so that it does not spoil them for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog

from baton.store.ports import StoreUnavailable

log = structlog.get_logger("baton.reads")
T = TypeVar("T")


def read_or_skip(instance_id: str, read: Callable[[], T]) -> T | None:
    """What ``read`` returns; None, with a line in the log, if the instance is gone, damaged or without a definition.

    Raises StoreUnavailable: then it is not the instance that is at fault.
    """
    try:
        return read()
    except StoreUnavailable:
        raise
    except Exception as error:
        log.warning("instance passed over", action="instance.unreadable", instance=instance_id, reason=str(error))
        return None
