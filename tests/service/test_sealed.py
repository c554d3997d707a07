"""Encrypted state: a blob can be read only in the instance and field that it was written for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from baton.expression.scripts import LocalScriptRunner
from baton.model.commands import Envelope, SetVariables
from baton.model.ids import get_instance_id
from baton.model.records import InstanceState
from baton.service import (
    Engine,
    EngineBug,
    ExternalTaskQuery,
    IncidentQuery,
    InstanceQuery,
    MessageQuery,
    Settings,
    TopicLimits,
    assemble,
)
from baton.store import codec, keys
from baton.store.operations import apply_ops
from baton.store.ports import Queued, Submission, iterate_pairs
from baton.store.server import Server
from baton.workers import Watchdog
from tests.service.conftest import Clock
from tests.service.fixtures.record import KEY
from tests.service.processes import MESSAGE, bpmn, deploy, external, fetch, line

HOUR = 3_600_000
THROW = '<intermediateThrowEvent id="t"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>'
THROWS = bpmn(line(THROW, external("w")), extra=MESSAGE)


@pytest.fixture
def sealed(engines: Callable[..., Engine]) -> Callable[[], Engine]:
    return lambda: engines(encryption_keys=KEY, cached_instances=0)


def blob(engine: Engine, instance_id: str, name: str) -> bytes:
    return engine.store.backend.read([("HGET", keys.name_state(instance_id), name)])[0]


def put(engine: Engine, instance_id: str, name: str, value: Any) -> None:
    state = keys.name_state(instance_id)
    apply_ops(engine.store.backend, state, [["HSET", state, name, value]])


def test_engines_with_and_without_keys_in_one_process_read_each_its_own(
    engines: Callable[..., Engine], durable_valkey: Server, clock: Clock
) -> None:
    """Each has a store of its own; what one is asked never depends on the other."""
    sealing = engines(encryption_keys=KEY, cached_instances=0)
    plain = assemble(
        Settings(redis_url=durable_valkey.url, partitions=4, clock=clock, cached_instances=0),
        scripts=LocalScriptRunner(),
    )
    started = [
        (item, item.starts.start(deploy(item).id, variables={"secret": "s" * 300}).id) for item in (sealing, plain)
    ]

    for _ in range(2):
        for engine, instance_id in started:
            engine.mailbox.submit(instance_id, SetVariables(set={"n": 1}))
            assert engine.instance_reader.get_variables(instance_id) == {"secret": "s" * 300, "n": 1}
            assert engine.history.list_events(instance_id)

    versions = [blob(engine, id_, "v0/secret")[:1] for engine, id_ in started]
    plain.close()
    assert versions == [codec.BOUND, codec.ZSTD]


def test_with_keys_nothing_that_the_store_encodes_is_left_open(sealed: Callable[[], Engine], clock: Clock) -> None:
    engine = sealed()
    definition = deploy(engine, THROWS)
    header = engine.starts.start(definition.id, business_key="b", variables={"secret": "x" * 300})
    engine.topic_limits.set("work", TopicLimits(locks_at_once=5))
    engine.messages.correlate(MessageQuery(name="Paid", business_key="b", message_id="kept", ttl_ms=HOUR))
    engine.idempotency.claim("key", "fingerprint", HOUR)
    engine.idempotency.finish("key", 200, "text/plain", b"secret")
    Watchdog(engine).check()
    assert fetch(engine)
    engine.mailbox.submit(header.id, SetVariables(set={"n": "y" * 300}))

    stored = list(stored_values(engine))

    assert [value for value in stored if value[:1] in (codec.PLAIN, codec.ZSTD) and decodes(value)] == []
    assert not any(b"xxxx" in value or b"yyyy" in value for value in stored)
    assert sum(value[:1] in (codec.SEALED, codec.BOUND) for value in stored) > 10


def stored_values(engine: Engine) -> Iterator[bytes]:
    """Every value of every key: strings, hashes, lists, entries of streams."""
    read = engine.store.backend.read
    for key in read([("KEYS", "*")])[0]:
        (kind,) = read([("TYPE", key)])
        if kind == b"string":
            yield from read([("GET", key)])
        elif kind == b"hash":
            yield from read([("HVALS", key)])[0]
        elif kind == b"list":
            yield from read([("LRANGE", key, 0, -1)])[0]
        elif kind == b"stream":
            yield from (value for _, flat in read([("XRANGE", key, "-", "+")])[0] for value in flat[1::2])


def decodes(value: bytes) -> bool:
    try:
        codec.decode(value)
    except codec.Damaged:
        return False
    return True


def test_a_sealed_instance_is_listed_worked_on_and_finished(sealed: Callable[[], Engine]) -> None:
    engine = sealed()
    header = engine.starts.start(deploy(engine).id, variables={"secret": "x" * 300})
    assert blob(engine, header.id, "v0/secret")[:1] == codec.BOUND
    assert len(engine.external_tasks.find(ExternalTaskQuery())) == 1
    (one,) = fetch(engine)
    assert one.variables == {"secret": "x" * 300}
    engine.external_tasks.complete(one.task.id, "w", {"n": 1})
    assert engine.instances.get(header.id).state is InstanceState.COMPLETED
    assert engine.instance_reader.get_variables(header.id) == {"secret": "x" * 300, "n": 1}


@pytest.mark.parametrize("where", ["another field", "another instance"])
def test_a_blob_from_elsewhere_is_found_out_and_stops_its_instance_alone(
    sealed: Callable[[], Engine], where: str
) -> None:
    engine = sealed()
    definition = deploy(engine)
    mine = engine.starts.start(definition.id, variables={"price": 1, "weight": 900})
    other = engine.starts.start(definition.id, variables={"price": 500})
    source = (mine.id, "v0/weight") if where == "another field" else (other.id, "v0/price")
    put(engine, mine.id, "v0/price", blob(engine, *source))

    with pytest.raises(EngineBug, match="belongs where it was found"):
        engine.mailbox.submit(mine.id, SetVariables(set={"n": 1}))
    engine.mailbox.submit(other.id, SetVariables(set={"n": 1}))

    (incident,) = engine.incidents.find(IncidentQuery())
    assert (incident.instance_id, incident.kind) == (mine.id, "damaged")


def swap(engine: Engine, key_of: Callable[[str], str], one: str, other: str) -> None:
    """What two instances hold in a list changes places."""
    held = [engine.store.backend.read([("LRANGE", key_of(id_), 0, -1)])[0] for id_ in (one, other)]
    for id_, blobs in zip((other, one), held, strict=True):
        key = key_of(id_)
        apply_ops(engine.store.backend, key, [["DEL", key], *(["RPUSH", key, item] for item in blobs)])


def test_the_histories_of_two_instances_do_not_change_places(sealed: Callable[[], Engine]) -> None:
    engine = sealed()
    definition = deploy(engine)
    mine, other, well = (engine.starts.start(definition.id) for _ in range(3))
    swap(engine, keys.name_history, mine.id, other.id)

    for _ in range(2):
        with pytest.raises(EngineBug, match=f"history of instance '{mine.id}'.*belongs where it was found"):
            engine.history.list_events(mine.id)
        with pytest.raises(EngineBug, match="part 0"):
            engine.history.project(other)
    found = engine.history.project_each(InstanceQuery())

    assert [item.header.id for item in found] == [well.id]
    incidents = engine.incidents.find(IncidentQuery())
    assert {(incident.instance_id, incident.kind) for incident in incidents} == {
        (mine.id, "damaged"),
        (other.id, "damaged"),
    }
    assert len(incidents) == 2
    (task,) = [item for item in fetch(engine) if item.task.instance_id == mine.id]
    engine.external_tasks.complete(task.task.id, "w")
    assert engine.instances.get(mine.id).state is InstanceState.COMPLETED


def test_a_command_for_another_instance_is_not_applied(sealed: Callable[[], Engine]) -> None:
    engine = sealed()
    definition = deploy(engine)
    mine, other = engine.starts.start(definition.id), engine.starts.start(definition.id)
    ask = Submission(
        instance_id=other.id,
        queued=Queued(envelope=Envelope(id="c", command=SetVariables(set={"n": 1}), submitted_at=0)),
        now=engine.clock.now(), owner="o", lease_ms=1, take=False,
    )  # fmt: skip
    engine.store.turns.submit(ask)
    swap(engine, keys.name_mailbox, mine.id, other.id)

    engine.mailbox.submit(mine.id, SetVariables(set={"m": 1}))

    assert (engine.instance_reader.get_variables(mine.id), engine.instance_reader.get_variables(other.id)) == (
        {"m": 1},
        {},
    )
    (incident,) = engine.incidents.find(IncidentQuery())
    assert incident.instance_id == mine.id
    assert "belongs where it was found" in incident.message


def test_messages_that_changed_places_are_not_sent_and_are_in_nobodys_way(sealed: Callable[[], Engine]) -> None:
    engine = sealed()
    definition = deploy(engine, THROWS)
    mine, other, well = (engine.starts.start(definition.id) for _ in range(3))
    (mine_name, mine_body), (other_name, other_body) = outgoing(engine, mine.id), outgoing(engine, other.id)
    for id_, name, foreign in ((mine.id, mine_name, other_body), (other.id, other_name, mine_body)):
        bodies = keys.name_outbox_bodies(keys.find_tag(id_))
        apply_ops(engine.store.backend, bodies, [["HSET", bodies, name, foreign]])

    engine.outbox.dispatch()

    assert {event["source"].rpartition("/")[2] for _, event in engine.outbox.list_published()} == {well.id}
    incidents = engine.incidents.find(IncidentQuery())
    assert {(incident.instance_id, incident.kind) for incident in incidents} == {
        (mine.id, "damaged"),
        (other.id, "damaged"),
    }
    assert engine.outbox.dispatch() == 0


def outgoing(engine: Engine, instance_id: str) -> tuple[bytes, bytes]:
    """What it has in the outbox: name and body."""
    flat = engine.store.backend.read([("HGETALL", keys.name_outbox_bodies(keys.find_tag(instance_id)))])[0]
    return next((name, body) for name, body in iterate_pairs(flat) if get_instance_id(name.decode()) == instance_id)


def test_an_answer_of_another_command_is_not_given(sealed: Callable[[], Engine]) -> None:
    engine = sealed()
    header = engine.starts.start(deploy(engine).id)
    for id_ in ("c1", "c2"):
        engine.mailbox.submit(header.id, SetVariables(set={"n": id_}), command_id=id_)
    one, other = keys.name_answer(header.id, "c1"), keys.name_answer(header.id, "c2")
    apply_ops(engine.store.backend, one, [["SET", one, engine.store.backend.read([("GET", other)])[0]]])

    with pytest.raises(codec.Damaged, match="belongs where it was found"):
        engine.mailbox.submit(header.id, SetVariables(set={"n": "c1"}), command_id="c1")
    assert engine.instance_reader.get_variables(header.id) == {"n": "c2"}


def test_a_live_entry_of_another_instance_is_not_shown(sealed: Callable[[], Engine]) -> None:
    engine = sealed()
    header = engine.starts.start(deploy(engine).id)
    listener = engine.live.subscribe(header.id)
    live = keys.name_live(keys.find_tag(header.id))
    ((_, flat),) = engine.store.backend.read([("XRANGE", live, "-", "+", "COUNT", 1)])[0]
    fields = dict(zip(flat[::2], flat[1::2], strict=True))
    foreign = engine.store.blobs.encode([], place="another")
    apply_ops(engine.store.backend, live, [["XADD", live, "*", "i", header.id, "e", foreign, "h", fields[b"h"]]])
    engine.mailbox.submit(header.id, SetVariables(set={"n": 1}))

    batch = listener.wait_for_batch(5)
    while batch is not None and not batch.items:  # what cannot be shown wakes the listener by itself
        batch = listener.wait_for_batch(5)

    assert batch is not None
    item = batch.items[-1]
    assert item.header.position > 1
    assert listener.overflowed
    listener.close()


def test_blobs_from_before_they_were_bound_are_still_read(sealed: Callable[[], Engine]) -> None:
    engine = sealed()
    header = engine.starts.start(deploy(engine).id, variables={"n": 1})
    put(engine, header.id, "v0/n", engine.store.blobs.encode(2))
    assert blob(engine, header.id, "v0/n")[:1] == codec.SEALED
    engine.mailbox.submit(header.id, SetVariables(set={"m": 3}))
    assert engine.instance_reader.get_variables(header.id) == {"n": 2, "m": 3}
