"""The audit: a chain that shows where it was touched, anchors, retention, legal hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from baton.model.audit import AuditDamage
from baton.model.commands import CancelInstance
from baton.model.errors import Conflict
from baton.service import Actor, AuditQuery, Engine, Settings, assemble
from baton.store import codec, keys
from baton.store.operations import apply_ops
from tests.service.processes import deploy

ANNA = Actor(kind="person", name="anna", address="10.0.0.7")
HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.fixture
def moment() -> list[int]:
    """Now, which a test moves."""
    return [1_800_000_000_000]


@pytest.fixture
def engine(valkey: str, moment: list[int]) -> Iterator[Engine]:
    engine = assemble(Settings(redis_url=valkey, partitions=1, audit_days=30, clock=lambda: moment[0]))
    yield engine
    engine.close()


@pytest.fixture
def stream() -> str:
    return keys.name_audit(keys.make_tag(0))


def record(engine: Engine, count: int, moment: list[int]) -> None:
    for number in range(1, count + 1):
        moment[0] += 1_000
        engine.audit.record(ANNA, "put_user_id_roles", f"/user/u{number}/roles", before="[]", after='["operator"]')


def list_damages(engine: Engine) -> list[tuple[int | None, int]]:
    return [(damage.partition, damage.number) for damage in engine.verify_audit().damages]


def read_stream(engine: Engine, stream: str) -> list[tuple[str, bytes]]:
    return [(id_.decode(), flat[1]) for id_, flat in engine.store.backend.read([("XRANGE", stream, "-", "+")])[0]]


def write_stream(engine: Engine, stream: str, entries: list[tuple[str, bytes]]) -> None:
    """As somebody with access to the server could."""
    ops: list[list[str | bytes | int]] = [["DEL", stream], *(["XADD", stream, id_, "b", blob] for id_, blob in entries)]
    apply_ops(engine.store.backend, stream, ops)


def test_what_was_recorded_is_found_again_with_who_what_where_and_both_values(
    engine: Engine, moment: list[int]
) -> None:
    record(engine, 1, moment)

    (found,) = engine.audit.find(AuditQuery(actor="anna"), 0, 10)

    event = found.entry.event
    assert (event.at, event.address, event.action, event.target) == (
        moment[0],
        "10.0.0.7",
        "put_user_id_roles",
        "/user/u1/roles",
    )
    assert found.values is not None
    assert (found.values.before, found.values.after) == ("[]", '["operator"]')
    assert engine.audit.find(AuditQuery(actor="ben"), 0, 10) == []


def test_an_untouched_audit_is_whole(engine: Engine, moment: list[int]) -> None:
    record(engine, 3, moment)
    engine.audit_keeper.keep()
    record(engine, 3, moment)

    found = engine.verify_audit()

    assert (found.entries, found.anchors, found.damages) == (6, 1, ())


def flip(entries: list[tuple[str, bytes]]) -> None:
    id_, blob = entries[2]
    row = codec.decode(blob)
    row[8] = "/user/u9/roles"
    entries[2] = id_, codec.encode(row)


def remove(entries: list[tuple[str, bytes]]) -> None:
    del entries[2]


def swap(entries: list[tuple[str, bytes]]) -> None:
    (first, one), (second, other) = entries[2:4]
    entries[2:4] = [(first, other), (second, one)]


@pytest.mark.parametrize(("touch", "number"), [(flip, 4), (remove, 3), (swap, 3)])
def test_an_entry_that_was_changed_removed_or_moved_is_named(
    engine: Engine,
    moment: list[int],
    stream: str,
    touch: Callable[[list[tuple[str, bytes]]], None],
    number: int,
) -> None:
    record(engine, 6, moment)
    entries = read_stream(engine, stream)
    touch(entries)
    write_stream(engine, stream, entries)

    assert list_damages(engine)[0] == (0, number)


def test_every_flipped_byte_of_an_entry_is_found(engine: Engine, moment: list[int], stream: str) -> None:
    record(engine, 2, moment)
    entries = read_stream(engine, stream)
    id_, blob = entries[0]
    unnoticed: list[int] = []
    for place in range(len(blob)):
        write_stream(engine, stream, [(id_, blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :]), entries[1]])
        if not engine.verify_audit().damages:
            unnoticed.append(place)
    assert unnoticed == []


def test_an_end_that_was_cut_off_with_its_head_is_found_by_the_anchor(
    engine: Engine, moment: list[int], stream: str
) -> None:
    record(engine, 4, moment)
    before = engine.store.audit.read_head(0)
    record(engine, 1, moment)
    engine.audit_keeper.keep()
    write_stream(engine, stream, read_stream(engine, stream)[:-1])
    head = keys.name_chain_head(stream)
    apply_ops(engine.store.backend, head, [["HSET", head, "n", str(before.number), "h", before.hash]])

    assert list_damages(engine) == [(0, 5)]


def test_a_removed_anchor_is_found(engine: Engine, moment: list[int]) -> None:
    for _ in range(3):
        record(engine, 1, moment)
        moment[0] += HOUR
        engine.audit_keeper.keep()
    anchors = read_stream(engine, keys.ANCHORS)
    write_stream(engine, keys.ANCHORS, [anchors[0], anchors[2]])

    assert list_damages(engine) == [(None, 2)]


def test_changed_values_are_found_and_erased_ones_leave_the_chain_whole(engine: Engine, moment: list[int]) -> None:
    record(engine, 2, moment)
    newest, oldest = engine.audit.find(AuditQuery(), 0, 10)
    engine.audit.erase_values([newest.entry])
    assert engine.verify_audit().damages == ()
    assert engine.audit.find(AuditQuery(), 0, 1)[0].values is None

    name = keys.name_audit_values(keys.make_tag(0))
    blob = engine.store.backend.read([("HGET", name, "1")])[0]
    row = codec.decode(blob)
    row[2] = '["observer"]'
    apply_ops(engine.store.backend, name, [["HSET", name, "1", codec.encode(row)]])

    assert engine.verify_audit().damages == (
        AuditDamage(
            partition=0,
            number=oldest.entry.number,
            message="Expected the values that the entry was written with, but they were changed",
        ),
    )


def test_anchors_are_hourly(engine: Engine, moment: list[int]) -> None:
    record(engine, 1, moment)
    for _ in range(6):
        engine.audit_keeper.keep()
        moment[0] += HOUR // 2

    assert engine.verify_audit().anchors == 3


def test_retention_removes_the_oldest_and_says_so_in_the_chain(engine: Engine, moment: list[int]) -> None:
    record(engine, 3, moment)
    engine.audit_keeper.keep()
    moment[0] += 31 * DAY
    record(engine, 1, moment)

    assert engine.audit_keeper.keep() == 3

    found = engine.audit.find(AuditQuery(), 0, 10)
    assert [stored.entry.event.actor for stored in found] == ["retention", "anna"]
    assert engine.verify_audit().damages == ()


def test_entries_that_somebody_else_removed_from_the_beginning_are_found(
    engine: Engine, moment: list[int], stream: str
) -> None:
    record(engine, 4, moment)
    write_stream(engine, stream, read_stream(engine, stream)[2:])

    assert list_damages(engine) == [(0, 1)]


def test_an_instance_under_hold_and_its_audit_outlast_retention_and_deletion(engine: Engine, moment: list[int]) -> None:
    definition = deploy(engine)
    instance_id = engine.starts.start(definition.id).id
    engine.audit.record(ANNA, "delete_process_instance_id", f"/process-instance/{instance_id}", instance_id=instance_id)
    engine.holds.place(instance_id, "a dispute", "anna")
    moment[0] += 40 * DAY

    assert engine.audit_keeper.keep() == 0
    with pytest.raises(Conflict, match="under legal hold"):
        engine.administration.delete_definition(definition.id, cascade=True)
    assert engine.instances.get(instance_id).state.value == "active"
    engine.mailbox.submit(instance_id, CancelInstance())
    moment[0] += 40 * DAY
    assert engine.administration.forget_expired() == 0

    engine.holds.release(instance_id)
    assert engine.administration.forget_expired() == 1
