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


def test_dead_letters_are_found_by_what_they_are(api: Api, engine: Engine) -> None:
    shipped = {**EVENT, "id": "e2", "type": "Shipped", "batonelement": "Ship", "data": {"city": "Zürich"}}
    ours = engine.dead_letters.add("out", "bus", shipped, "answered with 422")
    paid = engine.dead_letters.add("out", "bus", EVENT, "No such account")
    foreign = engine.dead_letters.add("in", "shop", {**EVENT, "id": "e3"}, "fits nothing")

    def find(**wanted: Any) -> set[str]:
        found = {letter["id"] for letter in api.get("/dead-letter", **wanted)}
        assert api.get("/dead-letter/count", **wanted) == {"count": len(found)}
        return found

    assert find() == {ours, paid, foreign}
    assert find(type="Paid") == {paid, foreign}
    assert find(type="Paid", place="bus") == {paid}
    assert find(direction="in") == {foreign}
    assert find(element="Ship") == {ours}
    assert find(text="zürich") == find(text="ANSWERED") == {ours}
    assert find(text="none like this") == set()
    every = [letter["id"] for letter in api.get("/dead-letter", text="e")]
    assert [letter["id"] for letter in api.get("/dead-letter", text="e", firstResult=1, maxResults=1)] == every[1:2]


def test_a_dead_letter_counts_how_often_it_came_to_nothing(api: Api, engine: Engine) -> None:
    id_ = engine.dead_letters.add("out", "bus", EVENT, "no")
    assert api.get(f"/dead-letter/{id_}")["attempts"] == 1

    engine.dead_letters.note_failure(id_, "still no")

    found = api.get(f"/dead-letter/{id_}")
    assert (found["attempts"], found["error"]) == (2, "still no")
