"""One field of a form, whichever dialect it was written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from baton.model.errors import Rejected


class FormFieldKind(StrEnum):
    """What values of a field are."""

    TEXT = "text"
    WHOLE = "whole number"
    LONG = "whole number of 64 bits"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    ISO_DATE = "date as text"
    ISO_TIME = "time as text"
    ISO_MOMENT = "date and time as text"
    CHOICE = "choice"
    CHOICES = "list of choices"
    JSON = "JSON"
    GROUP = "group"
    LIST = "list of groups"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """``name`` is the variable's, or the member's of the group that the field is in.

    ``choices`` None: any. ``parts`` are the fields of a group, or of each item of a list. ``hidden`` are FEEL
    expressions: while one holds, the field is not shown and nothing is demanded of it. ``wrong_model`` says why no
    value can be checked.
    """

    name: str
    kind: FormFieldKind
    required: bool = False
    readonly: bool = False
    default: object = None
    choices: tuple[object, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str | None = None
    date_pattern: str | None = None
    hidden: tuple[str, ...] = ()
    parts: tuple[FormField, ...] = ()
    wrong_model: str | None = None


class FormRefused(Rejected):
    """Values do not fit their form; nothing has changed. The message names each field, what it takes, what was found.

    As in Camunda 7 it is a ``RestException`` with status 400.
    """

    def __init__(self, what: str, faults: Sequence[str]) -> None:
        super().__init__(f"Cannot submit {what}: {'; '.join(faults)}")
        self.faults = tuple(faults)


class UnfitValue(Exception):
    """One value does not fit its field; the message is the fault."""
