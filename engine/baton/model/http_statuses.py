"""Sets of HTTP statuses as models write them: ``2xx, 404``, ``any``, and with codes ``404=not-found, 4xx=refused``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STATUS = re.compile(r"[1-5](?:[0-9]{2}|xx)")


@dataclass(frozen=True, slots=True)
class HttpStatuses:
    """``patterns``: statuses and classes such as ``5xx``; ``any`` is all."""

    patterns: frozenset[str]

    def __contains__(self, status: int) -> bool:
        return not self.patterns.isdisjoint({"any", str(status), f"{status // 100}xx"})


def parse_statuses(text: str) -> HttpStatuses:
    """Raises ValueError."""
    return HttpStatuses(frozenset(_check(item) for item in _split(text)))


def parse_error_codes(text: str) -> dict[str, str]:
    """Pattern -> code of the BPMN error. Raises ValueError."""
    found: dict[str, str] = {}
    for item in _split(text):
        pattern, sign, code = (part.strip() for part in item.partition("="))
        if not sign or not code:
            raise ValueError(f"Expected a status and an error code such as '404=not-found', but found '{item}'")
        found[_check(pattern)] = code
    return found


def find_error_code(codes: dict[str, str], status: int) -> str | None:
    """The code of the status itself before that of its class."""
    return codes.get(str(status)) or codes.get(f"{status // 100}xx") or codes.get("any")


def _split(text: str) -> list[str]:
    return [item.strip() for item in text.replace("\n", ",").split(",") if item.strip()]


def _check(text: str) -> str:
    pattern = text.lower()
    if pattern != "any" and not _STATUS.fullmatch(pattern):
        raise ValueError(f"Expected a status such as 404, a class such as 5xx, or any, but found '{text}'")
    return pattern
