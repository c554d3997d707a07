"""Sinks and dead letters over the API."""

from __future__ import annotations

from typing import Any

from baton.service import Engine, SinkSettings
from tests.web.conftest import Api

EVENT: dict[str, Any] = {"specversion": "1.0", "id": "e1", "source": "/shop", "type": "Paid", "data": {"total": 7}}


def test_a_sink_is_shown_with_its_lag_and_its_dead_letters(api: Api, engine: Engine) -> None:
    assert api.get("/event-sink") == []
    engine.sinks.settings = (SinkSettings(name="bus", kind="valkey"),)
    engine.dead_letters.add("out", "bus", EVENT, "no")

    (found,) = api.get("/event-sink")

    assert found == {"name": "bus", "kind": "valkey", "lag": 0, "deadLetters": 1, "error": None, "failingSince": None}


def test_a_dead_letter_is_looked_at_corrected_sent_again_and_dropped(api: Api, engine: Engine) -> None:
    id_ = engine.dead_letters.add("out", "bus", EVENT, "no such thing")
    engine.dead_letters.add("out", "other", EVENT, "no")

    (found,) = api.get("/dead-letter", place="bus")
    assert (found["id"], found["error"], found["event"], found["again"]) == (id_, "no such thing", EVENT, False)
    assert api.get("/dead-letter/count") == {"count": 2}

    changed = api.put(f"/dead-letter/{id_}", {"event": {**EVENT, "data": {"total": 8}}})
    assert changed["event"]["data"] == {"total": 8}
    api.post(f"/dead-letter/{id_}/send", {})
    assert api.get(f"/dead-letter/{id_}")["again"] is True
    api.delete(f"/dead-letter/{id_}")
    assert api.get("/dead-letter/count", place="bus") == {"count": 0}


def test_the_identity_of_a_dead_letter_cannot_be_changed(api: Api, engine: Engine) -> None:
    id_ = engine.dead_letters.add("out", "bus", EVENT, "no")

    refused = api.put(f"/dead-letter/{id_}", {"event": {**EVENT, "id": "e2"}}, expect=400)

    assert "Expected 'id' of the event to stay 'e1'" in refused["message"]
    assert api.get(f"/dead-letter/{id_}")["event"] == EVENT
