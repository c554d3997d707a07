"""Encryption keys are changed: all that is stored is sealed with the new one, and is read without the old one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator

import pytest

from baton.model.audit import AuditEvent, AuditValues
from baton.model.commands import SetVariables
from baton.model.identity import Role
from baton.model.records import InstanceState, Progress
from baton.service import Engine, ExternalTaskQuery, MessageQuery, TopicLimits
from baton.store import codec
from baton.store.attachments import Attachment
from baton.store.batches import Batch
from baton.store.comments import Comment
from baton.store.evaluations import Evaluation
from baton.store.sealing import SealedPart
from baton.workers import Watchdog
from tests.service.fixtures.record import KEY
from tests.service.processes import MESSAGE, bpmn, deploy, external, fetch, line
from tests.service.test_sealed import decodes, stored_values

HOUR = 3_600_000
NEW = "2:" + b64encode(b"n" * 32).decode()
THROW = '<intermediateThrowEvent id="t"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>'
THROWS = bpmn(line(THROW, external("w")), extra=MESSAGE)


@pytest.fixture
def open_engine(engines: Callable[..., Engine]) -> Callable[[str], Engine]:
    return lambda keys: engines(encryption_keys=keys, cached_instances=0)


@pytest.fixture
def instance_id(open_engine: Callable[[str], Engine]) -> str:
    """An instance with everything around it that is sealed, under the first key."""
    engine = open_engine(KEY)
    header = engine.starts.start(deploy(engine, THROWS).id, variables={"secret": "x" * 300})
    engine.topic_limits.set("work", TopicLimits(locks_at_once=5))
    engine.messages.correlate(MessageQuery(name="Paid", business_key="b", message_id="kept", ttl_ms=HOUR))
    engine.accounts.create_key("worker", [Role.WORKER])
    evaluation = Evaluation(id="e1", definition_id="d:1:x", key="d", at=1, decisions=[{"inputs": ["call her"]}])
    engine.store.evaluations.add(evaluation, 10)
    (task,) = fetch(engine)
    engine.external_tasks.extend_lock(task.task.id, "w", HOUR, progress=Progress(fraction=0.5, text="half"))
    engine.recorded_results.record(task.task.id, "paid", {"receipt": "R-1"})
    comment = Comment(id="n1", instance_id=header.id, task_id=task.task.id, at=1, text="call her")
    assert engine.store.comments.add(comment, 1_000)
    attachment = Attachment(id="f1", instance_id=header.id, task_id=task.task.id, at=1, name="contract")
    assert engine.store.attachments.add(attachment, b"content", 100)
    engine.mailbox.submit(header.id, SetVariables(set={"n": 1}), command_id="c1")
    for number in range(3):
        audit(engine, header.id, str(number))
    engine.audit_keeper.keep()
    batch = Batch(id="b1", kind="delete", total=2, created_at=engine.clock.now())
    engine.store.batches.add(batch, ["one", "two"], engine.clock.now())
    Watchdog(engine).check()
    return header.id


def audit(engine: Engine, instance_id: str, text: str) -> None:
    event = AuditEvent(
        at=engine.clock.now(), actor_kind="person", actor="anna", action="change", instance_id=instance_id
    )
    partition = int(instance_id.rpartition("-")[2])
    engine.store.audit.append(partition, event, AuditValues(salt=b"salt", after=text))


def seal_all(engine: Engine) -> Iterator[SealedPart]:
    part = engine.store.sealing.seal_part(None)
    while part.cursor is not None:
        yield part
        part = engine.store.sealing.seal_part(part.cursor)
    yield part


def count_under(engine: Engine, number: int) -> int:
    return sum(value[:1] in (codec.SEALED, codec.BOUND) and value[1] == number for value in stored_values(engine))


def test_all_is_read_without_the_old_key(open_engine: Callable[[str], Engine], instance_id: str) -> None:
    both = open_engine(f"{NEW},{KEY}")
    before = count_under(both, 1)

    parts = list(seal_all(both))

    assert before > 30
    assert sum(part.sealed for part in parts) > 25
    assert sum(part.passing for part in parts) == count_under(both, 1) == 2, "the answers of the commands"
    assert [part.unreadable for part in parts if part.unreadable] == []
    check_readable(open_engine(NEW), instance_id)


def check_readable(engine: Engine, instance_id: str) -> None:
    assert engine.instance_reader.get_variables(instance_id) == {"secret": "x" * 300, "n": 1}
    assert engine.history.list_events(instance_id)
    assert engine.verify_audit().damages == ()
    assert [item.entry.event.actor for item in engine.store.audit.list_of_instance(instance_id)] == ["anna"] * 3
    ((task, lock),) = engine.external_tasks.find(ExternalTaskQuery())
    assert lock is not None
    assert lock.progress == Progress(fraction=0.5, text="half")
    assert engine.recorded_results.read(task.id) == {"paid": {"receipt": "R-1"}}
    assert [comment.text for comment in engine.store.comments.list(instance_id)] == ["call her"]
    batch = engine.store.batches.get("b1")
    assert batch is not None
    assert [item.id for item in engine.store.batches.list_next_items(batch, 5)] == ["one", "two"]
    engine.external_tasks.complete(task.id, "w")
    assert engine.instances.get(instance_id).state is InstanceState.COMPLETED


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("after", [1, 4, 9, 14, 19, 24])
def test_what_was_interrupted_is_continued(open_engine: Callable[[str], Engine], instance_id: str, after: int) -> None:
    both = open_engine(f"{NEW},{KEY}")
    calls = 0

    def die(point: str) -> None:
        nonlocal calls
        calls += point.startswith(("seal_again", "apply"))
        if calls > after:
            raise Killed

    both.store.backend.on_point = die
    with pytest.raises(Killed):
        list(seal_all(both))
    both.store.backend.on_point = None

    again = open_engine(f"{NEW},{KEY}")
    list(seal_all(again))

    assert count_under(again, 1) == 2, "the answers of the commands"
    assert [part.sealed for part in seal_all(again) if part.sealed] == []
    check_readable(open_engine(NEW), instance_id)


def test_what_was_never_sealed_is_sealed(open_engine: Callable[[str], Engine]) -> None:
    plain = open_engine("")
    header = plain.starts.start(deploy(plain).id, variables={"secret": "x" * 300})

    engine = open_engine(NEW)
    list(seal_all(engine))

    left = [value for value in stored_values(engine) if value[:1] in (codec.PLAIN, codec.ZSTD) and decodes(value)]
    assert len(left) == 1, "the answer of the start, which expires"
    assert engine.instance_reader.get_variables(header.id) == {"secret": "x" * 300}


def test_what_is_written_meanwhile_stays(open_engine: Callable[[str], Engine], instance_id: str) -> None:
    """Another process writes between the reading of a blob and its replacement."""
    both, other = open_engine(f"{NEW},{KEY}"), open_engine(f"{NEW},{KEY}")
    written = False

    def write(point: str) -> None:
        nonlocal written
        if point.startswith("seal_again") and not written:
            written = True
            other.mailbox.submit(instance_id, SetVariables(set={"n": 2}))
            audit(other, instance_id, "meanwhile")

    both.store.backend.on_point = write
    list(seal_all(both))
    both.store.backend.on_point = None
    list(seal_all(both))

    assert written
    engine = open_engine(NEW)
    assert engine.instance_reader.get_variables(instance_id)["n"] == 2
    assert len(engine.store.audit.list_of_instance(instance_id)) == 4
    assert engine.verify_audit().damages == ()
