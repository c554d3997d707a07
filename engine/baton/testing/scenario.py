"""Scenarios: runs that were saved in the designer's simulation, done again by the engine that a test uses.

The format is that of ``docs/reference/scenarios.md``, version 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

FORMAT = "baton-scenario/1"
ENDING = ".scenario.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """``steps`` are commands as ``POST /simulation`` takes them, and waits; ``expect`` is what they come to."""

    name: str
    process: str
    steps: Sequence[Mapping[str, Any]]
    expect: Mapping[str, Any] = field(default_factory=dict[str, Any])


def read_scenario(path: str | Path) -> Scenario:
    """Read a file that the designer has saved. Raises ValueError for what is none, OSError."""
    return make_scenario(json.loads(Path(path).read_text(encoding="utf-8")), str(path))


def make_scenario(found: Any, origin: str) -> Scenario:
    """A scenario from its JSON. Raises ValueError."""
    fields = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if fields.get("format") != FORMAT:
        raise ValueError(
            f'Expected a scenario with "format": "{FORMAT}" in {origin}, but found {fields.get("format")!r}'
        )
    steps = fields.get("steps")
    if not isinstance(steps, list) or not all(
        isinstance(step, dict) and "type" in step for step in cast("list[Any]", steps)
    ):
        raise ValueError(f'Expected "steps", a list of objects with a "type", in {origin}')
    return Scenario(
        name=str(fields.get("name", "")),
        process=str(fields.get("process", "")),
        steps=cast("list[dict[str, Any]]", steps),
        expect=fields.get("expect") or {},
    )


def list_scenarios(folder: str | Path) -> list[Path]:
    """The scenario files in a folder and below it, in order: for ``pytest.mark.parametrize``."""
    return sorted(Path(folder).rglob(f"*{ENDING}"))
