"""Structured logs: one JSON object (or one line of text) per line on stderr, for structlog and logging alike.

Every line that concerns an instance carries ``instance_id`` and ``correlation_id`` (its business key, else its id):
given with the line (``extra=…`` of ``logging``, keywords of ``structlog``), or bound around a piece of work with
``structlog.contextvars``.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING, Literal, TextIO

import orjson
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
    # In its place: loggers that were used before follow too, since they keep the list itself.
    processors = structlog.get_config()["processors"]
    processors[:] = [structlog.stdlib.filter_by_level, *before, *_rendering(shape)]
    # Baton's own lines go past ``logging``, which makes two records of each: a line costs a third of that.
    structlog.configure(
        processors=processors,
        logger_factory=_NamedLogger,
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
        cache_logger_on_first_use=True,
    )


class _NamedLogger:
    """Writes lines where the handlers of ``logging`` write theirs, under their locks. ``name``: whose lines they are.

    Its level is that of the logger of ``logging`` with this name.
    """

    disabled = False

    def __init__(self, name: str = "baton") -> None:
        self.name = name
        self.getEffectiveLevel = logging.getLogger(name).getEffectiveLevel
        self._root = logging.getLogger()

    def _write(self, line: str) -> None:
        for handler in self._root.handlers:
            stream: TextIO | None = getattr(handler, "stream", None)
            if stream is not None:
                handler.acquire()
                try:
                    stream.write(line + "\n")
                    handler.flush()
                finally:
                    handler.release()

    debug = info = warning = error = critical = exception = log = msg = _write


def _ending(shape: Format) -> list[Processor]:
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(shape)]


def _rendering(shape: Format) -> list[Processor]:
    if shape == "text":
        # rich would print the local variables, and with them those of processes
        return [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_write_json)]


def _write_json(event: EventDict, **_options: object) -> str:
    """What JSON does not know is written as Python does."""
    try:
        return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # half a character, or an integer of more than 64 bits
        return json.dumps(event, default=repr)


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
