"""A real Cluster whose nodes speak TLS only, with each other too, and let nobody in without a certificate."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from baton.service import Engine, Settings, assemble
from baton.store.ports import StoreUnavailable
from tests.certificates import Authority
from tests.clusters import Cluster, Tls
from tests.programs import require_program
from tests.service.processes import bpmn, deploy, external, fetch, line

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="baton-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[Cluster]:
    authority = Authority(folder)
    node, mine = authority.issue("node", "127.0.0.1"), authority.issue("baton")
    made = Cluster(folder, Tls(require_program("redis-server"), authority.ca, node, mine))
    yield made
    made.stop()


def open_engine(url: str) -> Engine:
    return assemble(Settings(redis_url=url, partitions=16, replicas=1))


def start_many(engine: Engine, definition: str) -> set[str]:
    return {engine.starts.start(definition).id for _ in range(32)}


def test_instances_run_on_it_and_go_on_when_a_node_dies(cluster: Cluster) -> None:
    engine = open_engine(cluster.url)
    definition = deploy(engine, bpmn(line(external("t")))).id
    started = start_many(engine, definition)

    cluster.kill(cluster.primaries()[0])
    assert {header.id for header in engine.store.lists.get_headers(sorted(started))} == started
    cluster.restore()
    started |= start_many(engine, definition)

    tasks = fetch(engine, n=100)
    assert {task.task.instance_id for task in tasks} == started
    for task in tasks:
        engine.external_tasks.complete(task.task.id, "w", {})
    assert {header.state for header in engine.store.lists.get_headers(sorted(started))} == {"completed"}
    engine.close()


def test_who_has_no_certificate_or_trusts_another_authority_is_not_let_in(cluster: Cluster, folder: Path) -> None:
    place, options = cluster.url.split("?")
    other = Authority(folder, "other")
    known = f"ssl_ca_certs={cluster.url.split('ssl_ca_certs=')[1].split('&')[0]}"
    for url in (f"{place}?{known}", cluster.url.replace(options.split("&")[0], f"ssl_ca_certs={other.ca}")):
        with pytest.raises(StoreUnavailable):
            open_engine(url).accounts.list_users()
