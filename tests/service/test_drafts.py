"""Drafts on the server: versions, and nobody overwrites what he has not seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from baton.model.errors import BadRequest, Conflict, NotFound
from baton.service import DraftContent, DraftFile, Engine, Settings, assemble
from baton.service.drafts.library import VERSION_MS
from tests.service.conftest import Clock


def content(text: str, *files: DraftFile) -> DraftContent:
    return DraftContent(bpmn=text, files=files)


def list_numbers(engine: Engine, draft_id: str) -> list[int]:
    return [version.number for version in engine.draft_library.get(draft_id).versions]


def test_a_draft_is_saved_and_read_with_what_lies_beside_it(engine: Engine) -> None:
    scenario = DraftFile(name="a.scenario.json", content="{}")
    made = engine.draft_library.create(content("one", scenario), name="Order", key="order", by="ann")

    saved = engine.draft_library.save(made.id, content("two", scenario), base=1, by="ann")

    assert engine.draft_library.read(made.id) == (saved, content("two", scenario))
    assert (saved.name, saved.key, saved.latest.number, saved.latest.saved_by) == ("Order", "order", 2, "ann")


def test_what_one_author_saves_within_five_minutes_is_one_version(engine: Engine, clock: Clock) -> None:
    made = engine.draft_library.create(content("1"), name="x", by="ann")

    engine.draft_library.save(made.id, content("2"), base=1, by="ann")
    assert list_numbers(engine, made.id) == [2]
    engine.draft_library.save(made.id, content("3"), base=2, by="bob")
    assert list_numbers(engine, made.id) == [2, 3]
    clock.now += VERSION_MS
    engine.draft_library.save(made.id, content("4"), base=3, by="bob")
    assert list_numbers(engine, made.id) == [2, 3, 4]
    assert engine.draft_library.read(made.id, 2)[1] == content("2")
    with pytest.raises(NotFound, match="one of the versions 2, 3, 4"):
        engine.draft_library.read(made.id, 1)


def test_who_has_not_seen_the_latest_version_overwrites_nothing(engine: Engine) -> None:
    made = engine.draft_library.create(content("1"), name="x", by="ann")
    engine.draft_library.save(made.id, content("ann's"), base=1, by="ann")

    with pytest.raises(Conflict, match="ann has saved since"):
        engine.draft_library.save(made.id, content("bob's"), base=1, by="bob")
    assert engine.draft_library.read(made.id)[1] == content("ann's")


def test_saving_the_same_again_makes_no_version(engine: Engine, clock: Clock) -> None:
    made = engine.draft_library.create(content("1"), name="x")
    clock.now += VERSION_MS

    assert engine.draft_library.save(made.id, content("1"), base=1) == made


def test_only_so_many_versions_are_kept_and_the_oldest_go(engine: Engine, clock: Clock) -> None:
    made = engine.draft_library.create(content("1"), name="x")
    most = engine.settings.max_draft_versions

    for number in range(1, most + 5):
        clock.now += VERSION_MS
        engine.draft_library.save(made.id, content(str(number + 1)), base=number)
    assert list_numbers(engine, made.id) == list(range(6, most + 6))
    with pytest.raises(NotFound):
        engine.draft_library.read(made.id, 5)


def test_drafts_are_listed_by_process_the_latest_first_and_deleted(engine: Engine, clock: Clock) -> None:
    first = engine.draft_library.create(content("1"), name="a", key="order")
    clock.now += 1
    second = engine.draft_library.create(content("2"), name="b")

    assert [draft.id for draft in engine.draft_library.list()] == [second.id, first.id]
    assert [draft.id for draft in engine.draft_library.list("order")] == [first.id]
    engine.draft_library.delete(first.id)
    with pytest.raises(NotFound):
        engine.draft_library.get(first.id)


def test_what_is_too_large_is_refused(engine: Engine) -> None:
    with pytest.raises(BadRequest, match="BATON_MAX_DRAFT_BYTES"):
        engine.draft_library.create(content("x" * (engine.settings.max_draft_bytes + 1)), name="x")


def test_there_are_no_more_drafts_than_may_be_however_many_are_begun_at_once(valkey: str) -> None:
    engine = assemble(Settings(redis_url=valkey, partitions=4, max_drafts=5))

    def begin(number: int) -> bool:
        try:
            engine.draft_library.create(content(str(number)), name=f"d{number}")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as people:
        assert sum(people.map(begin, range(30))) == 5
    engine.close()
