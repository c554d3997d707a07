"""The designer folds events as the engine does: the same random histories through both, compared after every event."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from baton.model.events import Event
from baton.service import HistoryProjection
from baton.web.answers.events import show_event_fields
from baton.web.variables import to_rest_variables
from tests.programs import require_program
from tests.runtime.test_random_processes import run

DESIGNER = Path(__file__).parents[2] / "designer"
SEEDS = range(300)

pytestmark = pytest.mark.node


def summarize(projection: HistoryProjection) -> dict[str, Any]:
    """What both folds know, in the shape of ``fold.mjs``; counts of nothing left out."""
    return {
        "position": projection.position,
        "state": projection.state.value,
        "tokens": sorted([number, token.element, token.parent] for number, token in projection.tokens.items()),
        "counts": {name: list(counts.values()) for name, counts in projection.counts.items()},
        "flows": projection.flows,
        "variables": {str(scope): to_rest_variables(values) for scope, values in projection.values.items() if values},
        "incidents": sorted(id_ for id_, incident in projection.incidents.items() if incident.closed_at is None),
    }


def comparable(view: dict[str, Any]) -> dict[str, Any]:
    """The designer keeps variables of scopes that have ended, and marks of elements that only a loop's body entered."""
    open_scopes = {"0", *(str(number) for number, _, _ in view["tokens"])}
    return {
        **view,
        "tokens": sorted(view["tokens"]),
        "counts": {name: counts for name, counts in view["counts"].items() if any(counts)},
        "variables": {scope: found for scope, found in view["variables"].items() if found and scope in open_scopes},
        "incidents": sorted(view["incidents"]),
    }


def fold_in_designer(histories: Iterable[list[Event]], folder: Path) -> list[list[dict[str, Any]]]:
    """The designer's own code, built as for a server; ``make test`` has installed what builds it."""
    require_program("node")
    build = [
        "node_modules/.bin/vite",
        "build",
        "--ssr",
        "src/live/fold.ts",
        "--outDir",
        str(folder),
        "--logLevel=error",
    ]
    subprocess.run(build, cwd=DESIGNER, check=True, capture_output=True, timeout=100)
    asked = {
        "module": (folder / "fold.js").as_uri(),
        "histories": [[show_event_fields(event) for event in events] for events in histories],
    }
    answer = subprocess.run(
        ["node", str(Path(__file__).with_name("fold.mjs"))],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=True,
        timeout=100,
    )
    return json.loads(answer.stdout)


def test_random_histories_look_the_same_in_the_designer_and_in_the_engine_after_every_event(tmp_path: Path) -> None:
    labs = [run(seed).kept for seed in SEEDS]
    runs = [(lab.header, lab.events) for lab in labs]

    views = fold_in_designer((events for _, events in runs), tmp_path)

    for seed, (header, events), seen in zip(SEEDS, runs, views, strict=True):
        projection = HistoryProjection(header)
        for event, view in zip(events, seen, strict=True):
            projection.apply(event)
            assert comparable(view) == summarize(projection), f"seed {seed}, {event}"
