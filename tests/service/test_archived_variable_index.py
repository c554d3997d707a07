"""Indexed variables of instances that are archived: their entries go with them, and come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from baton.service import Engine, Settings, assemble
from baton.store.store import Store
from tests.service.conftest import Clock
from tests.service.fixtures.record import KEY
from tests.service.indexing import HOUR, ask_for, complete, count_read, list_found, read_entries
from tests.service.processes import bpmn, deploy, line


@pytest.fixture
def archived(valkey: str, clock: Clock, tmp_path: Any) -> Iterator[Callable[..., Engine]]:
    made: list[Engine] = []

    def make(names: str = "", **more: Any) -> Engine:
        settings = Settings(
            redis_url=valkey,
            partitions=4,
            clock=clock,
            compact_history=True,
            indexed_variables=names,
            archive_dir=tmp_path / "archive",
            archive_after="PT1S",
            **more,
        )
        made.append(assemble(settings))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


def archive_all(engine: Engine, clock: Clock) -> None:
    clock.forward(HOUR)
    while engine.archiving.run():
        pass


def list_marks(store: Store) -> list[str]:
    assert store.archive is not None
    with store.archive.index.read() as snapshot:
        rows = snapshot.base.execute(
            "SELECT sorted_set.name FROM sorted_set JOIN member ON member.sorted_set = sorted_set.number"
        )
        return sorted(name for (name,) in rows if ":vx:" in name)


def test_entries_go_into_the_archive_and_come_back(archived: Callable[..., Engine], clock: Clock) -> None:
    engine = archived("customer")
    complete(engine)
    definition = deploy(engine, bpmn(line())).id
    headers = [engine.starts.start(definition, variables={"customer": number}) for number in range(4)]

    archive_all(engine, clock)
    complete(engine)

    assert read_entries(engine) == set()
    assert engine.store.variables.is_complete()
    for number, header in enumerate(headers):
        assert list_found(engine, ask_for("customer", number)) == [header.id]
        assert count_read(engine, ask_for("customer", number)) == 0
    assert engine.store.archive is not None
    engine.store.archive.bring_back(headers[0].id)
    engine.administration.delete_history(headers[1].id)
    assert read_entries(engine) == {("customer", headers[0].id)}
    assert len(list_marks(engine.store)) == 2
    assert engine.store.variables.is_complete()
    assert list_found(engine, ask_for("customer", 0)) == [headers[0].id]
    assert list_found(engine, ask_for("customer", 1)) == []


def test_what_was_archived_before_comes_in_by_a_pass(archived: Callable[..., Engine], clock: Clock) -> None:
    engine = archived(encryption_keys=KEY)
    definition = deploy(engine, bpmn(line())).id
    headers = []
    for number in range(6):
        headers.append(engine.starts.start(definition, variables={"customer": number}))
        if number % 2:
            archive_all(engine, clock)
    late = archived("customer", encryption_keys=KEY)

    assert list_found(late, ask_for("customer", 3)) == [headers[3].id]
    assert not late.store.variables.is_complete()
    assert late.store.archive is not None
    late.store.archive.bring_back(headers[0].id)
    complete(late)

    assert late.store.variables.is_complete()
    for number, header in enumerate(headers):
        assert list_found(late, ask_for("customer", number)) == [header.id]
        assert count_read(late, ask_for("customer", number)) == 0
    late.store.archive.bring_back(headers[3].id)
    assert late.store.variables.is_complete()
    assert list_found(late, ask_for("customer", 3)) == [headers[3].id]
    off = archived(encryption_keys=KEY)
    complete(off)
    assert list_marks(off.store) == []
    assert list_found(off, ask_for("customer", 5)) == [headers[5].id]


def test_what_comes_back_without_entries_is_noticed(archived: Callable[..., Engine], clock: Clock) -> None:
    plain = archived()
    header = plain.starts.start(deploy(plain, bpmn(line())).id, variables={"customer": 1})
    archive_all(plain, clock)
    late = archived("customer")
    complete(late)
    later = plain.starts.start(header.definition_id, variables={"customer": 2})
    clock.forward(HOUR)
    complete(late)
    assert late.store.variables.is_complete()

    archive_all(plain, clock)
    other = plain.starts.start(header.definition_id, variables={"customer": 3})
    archive_all(plain, clock)

    assert not late.store.variables.is_complete()
    for number, each in enumerate((header, later, other), start=1):
        assert list_found(late, ask_for("customer", number)) == [each.id]
    clock.forward(HOUR)
    complete(late)
    assert late.store.variables.is_complete()
    for number, each in enumerate((header, later, other), start=1):
        assert list_found(late, ask_for("customer", number)) == [each.id]
