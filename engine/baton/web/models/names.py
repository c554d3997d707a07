"""Names that a request holds and no model knows: the one policy for them (docs/reference/rest.md, "Unknown names")."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from baton.model.errors import BadRequest

HARMLESS = frozenset({"_"})
"""What browsers' libraries add against caches; accepted everywhere, with any value."""
NEVER_REFUSED = frozenset({"skipCustomListeners"})
"""What clients made for Camunda 7 send everywhere; Baton skips nothing, and says so where it is asked to."""
MAX_SHOWN = 20
"""Ignored names that a ``Warning`` header lists."""


@dataclass(frozen=True, slots=True)
class WithoutEffect:
    """Marks a field that Baton knows and cannot honour: named as ignored where it asks for something."""


@dataclass(slots=True)
class Reading:
    """What a request is being read from, and the names in it that were ignored."""

    what: str = "field"
    """What a name is called in messages: a field of the body, or a query parameter."""
    ignored: list[str] = field(default_factory=list[str])


def is_without_effect(value: Any) -> bool:
    """Whether an unknown name with this value asks for nothing: a flag that is off, an empty list, an empty text."""
    return value is None or value is False or value in ("", "false", [])


def list_unknown(extra: dict[str, Any]) -> list[str]:
    """Of names that no model knows, those that ask for something."""
    return [name for name, value in extra.items() if name not in HARMLESS and not is_without_effect(value)]


def refuse_unknown(name: str, known: Iterable[str], what: str) -> BadRequest:
    """The refusal of an unknown name, with the nearest known one."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, 1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return BadRequest(f"Expected only known {what}s ({', '.join(names) or 'none'}), but found '{name}'{hint}")


def make_warning(ignored: Iterable[str]) -> str:
    """The value of a ``Warning`` header (RFC 7234, 5.5) that names what was ignored; printable ASCII only."""
    names = list(dict.fromkeys(ignored))
    shown = ", ".join(
        "".join(c if c.isascii() and c.isprintable() else "?" for c in name) for name in names[:MAX_SHOWN]
    )
    more = f" and {len(names) - MAX_SHOWN} more" if len(names) > MAX_SHOWN else ""
    return '299 baton "Ignored unknown fields: {}{}"'.format(shown.replace("\\", "?").replace('"', "'"), more)
