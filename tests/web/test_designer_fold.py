"""The designer folds events as the engine does: the same random histories through both, compared after every event.

And what it folds is what the runtime's own state is: compared after every turn, since between the events of one turn
the runtime has no state that anybody could see.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from baton.model.commands import Command
from baton.model.events import Event
from baton.service import HistoryProjection
from baton.service.reads.instance_reader import close_ledger
from baton.web.answers.events import show_event_fields
from baton.web.variables import to_rest_variables
from tests.programs import require_program
from tests.runtime.lab import Lab
from tests.runtime.randomly.driving import Pair
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
        "counts": {name: list(counts.values()) for name, counts in projection.counted.elements.items()},
        "flows": projection.counted.flows,
        "variables": {str(scope): to_rest_variables(values) for scope, values in projection.values.items() if values},
        "incidents": sorted(id_ for id_, incident in projection.incidents.items() if incident.closed_at is None),
    }


def summarize_runtime(lab: Lab) -> dict[str, Any]:
    """The state of an instance as its rows hold it, in the shape of ``fold.mjs``.

    A turn that was cut short, or suspended, has tokens that could go on: what the instance waits for in between is
    nothing that its events say.
    """
    goes_on = lab.decision.next_due == lab.now or bool(lab.instance.workflow.list_ready())
    header, tokens = lab.header, lab.instance.list_tokens()
    variables: dict[str, dict[str, Any]] = {}
    for name, value in lab.fields.items():
        if name.startswith("v"):
            scope, _, variable = name[1:].partition("/")
            variables.setdefault(scope, {})[variable] = value
    return {
        "tokens": sorted([it.number, it.element, it.parent, it.undoes, it.body] for it in tokens),
        "ledger": {
            str(entry.seq): [entry.element, entry.state.value] for entry in close_ledger(lab.ledger, header.state)
        },
        "stated": {
            "state": header.state.value,
            "incidents": header.incidents,
            "undoing": header.undoing,
            "waiting": "goes on" if goes_on else header.waiting,
            "undone": header.undone,
        },
        "variables": {scope: to_rest_variables(values) for scope, values in variables.items()},
    }


def comparable_runtime(view: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    """Without the variables of scopes that have ended, which the designer keeps."""
    runtime, stated = view["runtime"], view["runtime"]["stated"]
    waiting = "goes on" if state["stated"]["waiting"] == "goes on" else stated["waiting"]
    scopes = {"0", *(str(number) for number, *_ in view["tokens"])}
    return {
        **runtime,
        "stated": {**stated, "waiting": waiting},
        "tokens": sorted(runtime["tokens"]),
        "variables": {scope: found for scope, found in view["variables"].items() if found and scope in scopes},
    }


class Watched(Pair):
    """Notes the runtime's state after every turn, by the position of its last event."""

    def do(self, *commands: Command) -> None:
        if not hasattr(self, "states"):
            self.states: dict[int, dict[str, Any]] = {}
        super().do(*commands)
        self.states[self.kept.header.position] = summarize_runtime(self.kept)


def comparable(view: dict[str, Any]) -> dict[str, Any]:
    """The designer keeps variables of scopes that have ended, and marks of elements that only a loop's body entered."""
    open_scopes = {"0", *(str(number) for number, _, _ in view["tokens"])}
    return {
        **{name: found for name, found in view.items() if name != "runtime"},
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
        str(Path(__file__).with_name("fold_entry.ts")),
        "--outDir",
        str(folder),
        "--logLevel=error",
    ]
    subprocess.run(build, cwd=DESIGNER, check=True, capture_output=True, timeout=100)
    asked = {
        "module": (folder / "fold_entry.js").as_uri(),
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


@pytest.fixture(scope="module")
def runs() -> list[Watched]:
    return [run(seed, Watched) for seed in SEEDS]


@pytest.fixture(scope="module")
def views(runs: list[Watched], tmp_path_factory: pytest.TempPathFactory) -> list[list[dict[str, Any]]]:
    return fold_in_designer((pair.kept.events for pair in runs), tmp_path_factory.mktemp("fold"))


def test_random_histories_look_the_same_in_the_designer_and_in_the_engine_after_every_event(
    runs: list[Watched], views: list[list[dict[str, Any]]]
) -> None:
    for seed, pair, seen in zip(SEEDS, runs, views, strict=True):
        projection = HistoryProjection(pair.kept.header)
        for event, view in zip(pair.kept.events, seen, strict=True):
            projection.apply(event)
            assert comparable(view) == summarize(projection), f"seed {seed}, {event}"


def test_what_the_designer_folds_is_the_state_of_the_runtime_after_every_turn(
    runs: list[Watched], views: list[list[dict[str, Any]]]
) -> None:
    compared = 0
    for seed, pair, seen in zip(SEEDS, runs, views, strict=True):
        for position, state in pair.states.items():
            view = seen[position - 1]
            assert comparable_runtime(view, state) == state, f"seed {seed}, position {position}"
            compared += 1
    assert compared > len(SEEDS) * 2
