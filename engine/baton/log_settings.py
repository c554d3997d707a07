"""What an operator can set about logs; every setting has an environment variable ``BATON_…``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import field_validator

from baton.settings import DefaultText, RoomSettings


class LogSettings(RoomSettings):
    """The logs of all processes."""

    log: Annotated[Literal["json", "text"] | None, DefaultText("text on a terminal, else json")] = None
    """The format of log lines: JSON or text."""
    log_level: Literal["debug", "info", "warning", "error", "critical"] = "info"
    """The lowest level that is logged."""

    @field_validator("log_level", mode="before")
    @classmethod
    def _ignore_case(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value
