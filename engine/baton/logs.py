"""Structured logs: one JSON object (or one line of text) per line on stderr, for structlog and logging alike.

Every line that concerns an instance carries ``instance_id`` and ``correlation_id`` (its business key, else its id):
given with the line (``extra=…`` of ``logging``, keywords of ``structlog``), or bound around a piece of work with
``structlog.contextvars``.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

if TYPE_CHECKING:
    from baton.log_settings import LogSettings

Format = Literal["json", "text"]

IDS = ("action", "instance_id", "correlation_id", "definition_id", "task_id", "topic", "element")
"""What is taken over from ``extra`` of plain ``logging`` calls."""


def set_up(process: str, settings: LogSettings | None = None) -> None:
    """Log to stderr from now on. ``process`` names the process in each line.

    Without settings they come from the environment. Raises WrongSetting.
    """
    from baton.log_settings import LogSettings  # a fifth of a second that commands which log nothing need not wait

    chosen = settings or LogSettings.from_environment()
    shape: Format = chosen.log or ("text" if sys.stderr.isatty() else "json")
    structlog.contextvars.bind_contextvars(process=process)
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(IDS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_ids(process),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=[*_ending(shape)]))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(chosen.log_level.upper())
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _ending(shape: Format) -> list[Processor]:
    clean = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if shape == "text":
        # rich would print the local variables, and with them those of processes
        return [
            clean,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    return [clean, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]


def _with_ids(process: str) -> Processor:
    """Adds the process that logs, and for a line about an instance what it is found by."""

    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("process", process)  # threads do not inherit context variables
        if "instance" in event:  # the short form that rooms use in their own calls
            event.setdefault("instance_id", event.pop("instance"))
        if "instance_id" in event and not event.get("correlation_id"):
            event["correlation_id"] = event["instance_id"]
        return event

    return add
