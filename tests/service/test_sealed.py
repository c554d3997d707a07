"""Encrypted state: a blob can be read only in the instance and field that it was written for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from baton.model.commands import SetVariables
from baton.model.records import InstanceState
from baton.service import Engine, EngineBug, ExternalTaskQuery, IncidentQuery
from baton.store import codec, keys
from baton.store.outbox import apply_ops
from tests.service.processes import deploy, fetch

KEY = "1:" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


@pytest.fixture
def sealed(engines: Callable[..., Engine]) -> Iterator[Callable[[], Engine]]:
    yield lambda: engines(encryption_keys=KEY, cached_instances=0)
    codec.use_keys("")


def blob(engine: Engine, instance_id: str, name: str) -> bytes:
    return engine.store.backend.read([("HGET", keys.state(instance_id), name)])[0]


def put(engine: Engine, instance_id: str, name: str, value: Any) -> None:
    state = keys.state(instance_id)
    apply_ops(engine.store.backend, state, [["HSET", state, name, value]])


def test_a_sealed_instance_is_listed_worked_on_and_finished(sealed: Callable[[], Engine]) -> None:
    engine = sealed()
    header = engine.start(deploy(engine).id, variables={"secret": "x" * 300})
    assert blob(engine, header.id, "v0/secret")[:1] == codec.BOUND
    assert len(engine.external_tasks(ExternalTaskQuery())) == 1
    (one,) = fetch(engine)
    assert one.variables == {"secret": "x" * 300}
    engine.complete_external_task(one.task.id, "w", {"n": 1})
    assert engine.instance(header.id).state is InstanceState.COMPLETED
    assert engine.variables(header.id) == {"secret": "x" * 300, "n": 1}


@pytest.mark.parametrize("where", ["another field", "another instance"])
def test_a_blob_from_elsewhere_is_found_out_and_stops_its_instance_alone(
    sealed: Callable[[], Engine], where: str
) -> None:
    engine = sealed()
    definition = deploy(engine)
    mine = engine.start(definition.id, variables={"price": 1, "weight": 900})
    other = engine.start(definition.id, variables={"price": 500})
    source = (mine.id, "v0/weight") if where == "another field" else (other.id, "v0/price")
    put(engine, mine.id, "v0/price", blob(engine, *source))

    with pytest.raises(EngineBug, match="belongs where it was found"):
        engine.submit(mine.id, SetVariables(set={"n": 1}))
    engine.submit(other.id, SetVariables(set={"n": 1}))

    (incident,) = engine.incidents(IncidentQuery())
    assert (incident.instance_id, incident.kind) == (mine.id, "bug")


def test_blobs_from_before_they_were_bound_are_still_read(sealed: Callable[[], Engine]) -> None:
    engine = sealed()
    header = engine.start(deploy(engine).id, variables={"n": 1})
    put(engine, header.id, "v0/n", codec.encode(2))
    assert blob(engine, header.id, "v0/n")[:1] == codec.SEALED
    engine.submit(header.id, SetVariables(set={"m": 3}))
    assert engine.variables(header.id) == {"n": 2, "m": 3}
