"""What ``python -m bench web`` measures is HTTP alone: no request reaches the store."""

from __future__ import annotations

from typing import Any

import orjson

from baton.service import Engine, InstanceQuery
from bench.web import ID, make_requests


def test_the_engine_answers_every_measured_request_at_once(engine: Engine) -> None:
    answers = {name: _load(send()) for name, send in make_requests(engine).items()}

    assert answers["start"]["id"] == ID
    assert [task["id"] for task in answers["fetchAndLock"]] == [f"{ID}.3"]
    assert answers["complete"] is None
    assert [len(answers[f"complete {count} in bulk"]) for count in (1, 10)] == [1, 10]
    assert engine.instances.count(InstanceQuery()) == 0


def _load(body: bytes) -> Any:
    return orjson.loads(body) if body else None
