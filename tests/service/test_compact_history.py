"""Histories in fewer bytes: written where it is said, read everywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from baton.service import Engine
from baton.store import codec, keys
from tests.service.fixtures.record import KEY
from tests.service.processes import bpmn, deploy, external, fetch, line

ONE_TASK = bpmn(line(external("t")))


def read_versions(engine: Engine, instance_id: str) -> set[bytes]:
    (chunks,) = engine.store.backend.read([("LRANGE", keys.name_history(instance_id), 0, -1)])
    return {engine.store.blobs.open(chunk, f"{instance_id}/~history")[:1] for chunk in chunks}


@pytest.mark.parametrize("sealing", ["", KEY])
def test_what_one_release_or_setting_has_begun_another_goes_on_with(
    engines: Callable[..., Engine], sealing: str
) -> None:
    # given an instance that an engine without the setting has begun
    plain = engines(encryption_keys=sealing, cached_instances=0)
    compact = engines(encryption_keys=sealing, cached_instances=0, compact_history=True)
    instance_id = plain.starts.start(deploy(plain, ONE_TASK).id).id

    # when one with it goes on with it
    (locked,) = fetch(compact)
    compact.external_tasks.complete(locked.task.id, "w")

    # then both read all of it, each part in the form in which it was written
    assert read_versions(plain, instance_id) == {codec.ZSTD, codec.EVENTS}
    events = plain.history.list_events(instance_id)
    assert events == compact.history.list_events(instance_id)
    assert [event.position for event in events] == list(range(1, len(events) + 1))
    assert events[-1].type == "InstanceEnded"


def test_without_the_setting_nothing_is_written_that_an_earlier_release_cannot_read(
    engines: Callable[..., Engine],
) -> None:
    engine = engines()
    instance_id = engine.starts.start(deploy(engine, ONE_TASK).id).id
    assert codec.EVENTS not in read_versions(engine, instance_id)
