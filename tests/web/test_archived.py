"""Archived instances over HTTP: shown as before and marked, with the rights and tenants of those in the store."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from baton.model.reach import Access, Area, Reach
from baton.service import Engine, Settings, assemble
from baton.service.narrowed_engine import narrow
from baton.web import WebSettings, create_app
from baton.web.stream.instance import take_snapshot
from tests.service.conftest import Clock
from tests.web.conftest import Api

DAY = 86_400_000


@pytest.fixture
def engine(valkey: str, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    settings = Settings(
        redis_url=valkey, partitions=4, clock=clock, archive_dir=tmp_path / "archive", archive_after="P1D"
    )
    made = assemble(settings)
    yield made
    made.close()


@pytest.fixture
def api(engine: Engine) -> Api:
    return Api(create_app(engine, WebSettings(hosts=None)).test_client(), engine)


def end_one(api: Api, **variables: Any) -> str:
    id_ = api.start("work", "order-1", **variables)
    (task,) = api.fetch()
    api.complete(task, done=True)
    return id_


def ask(api: Api, path: str) -> Any:
    path, _, query = path.partition("?")
    wanted: dict[str, Any] = dict(pair.split("=") for pair in query.split("&") if pair)
    return api.get(path, **wanted)


def tell(api: Api, id_: str) -> dict[str, Any]:
    """What several requests say of an ended instance."""
    paths = {
        "one": f"/history/process-instance/{id_}",
        "list": "/history/process-instance?finished=true&sortBy=startTime&sortOrder=asc",
        "count": "/history/process-instance/count?finished=true",
        "key": "/history/process-instance?processInstanceBusinessKey=order-1",
        "variables": f"/history/variable-instance?processInstanceId={id_}&sortBy=variableName&sortOrder=asc",
        "activities": f"/history/activity-instance?processInstanceId={id_}",
        "tasks": f"/history/external-task-log?processInstanceId={id_}",
    }
    return {name: ask(api, path) for name, path in paths.items()}


def without_mark(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_mark(item) for name, item in value.items() if name != "archived"}
    return [without_mark(item) for item in value] if isinstance(value, list) else value


def test_what_is_archived_is_answered_as_before_and_marked(api: Api, engine: Engine, clock: Clock) -> None:
    api.deploy("work")
    id_ = end_one(api, amount=7)
    end_one(api)
    assert engine.archiving.run() == 0
    before = tell(api, id_)

    clock.forward(2 * DAY)
    assert engine.archiving.run() == 2

    assert engine.store.archive is not None
    after = tell(api, id_)
    assert without_mark(after) == without_mark(before)
    assert (before["one"]["archived"], after["one"]["archived"]) == (False, True)


def test_an_archived_instance_is_marked_in_the_overview_and_on_its_page(api: Api, engine: Engine, clock: Clock) -> None:
    api.deploy("work")
    id_ = end_one(api)
    clock.forward(2 * DAY)
    assert engine.archiving.run() == 1
    later = end_one(api)

    shown = api.get("/process-instance/overview")

    assert {row["id"]: row["archived"] for row in shown} == {id_: True, later: False}
    assert take_snapshot(engine, id_).header.archived
    assert not take_snapshot(engine, later).header.archived


def test_without_what_writes_the_archive_it_cannot_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(ValidationError, match=r"pip install 'baton-bpmn\[archive\]'"):
        Settings(archive_after="P1D")
    assert Settings(archive_after="").archive_after == ""


def test_an_archived_instance_is_deleted_and_changed_as_any(api: Api, engine: Engine, clock: Clock) -> None:
    api.deploy("work")
    changed, deleted = end_one(api, secret=1), end_one(api)
    clock.forward(2 * DAY)
    assert engine.archiving.run() == 2

    api.delete(f"/history/process-instance/{deleted}", 204)
    api.delete(f"/history/process-instance/{changed}/variable-instances", 204)

    api.get(f"/history/process-instance/{deleted}", 404)
    assert ask(api, f"/history/variable-instance?processInstanceId={changed}") == []
    assert api.get(f"/history/process-instance/{changed}")["archived"] is False
    assert api.get("/history/process-instance/count") == {"count": 1}


def test_what_is_archived_is_out_of_reach_for_others(api: Api, engine: Engine, clock: Clock) -> None:
    api.deploy("work")
    id_ = end_one(api)
    clock.forward(2 * DAY)
    assert engine.archiving.run() == 1
    everything, nothing = Reach(areas=(Area(),)), Reach()

    def reach(may: Reach) -> Engine:
        return narrow(
            engine, Access(whose="her", permission="history:read", may=may, sees=may, others=may, person="her")
        )

    assert [header.id for header in reach(everything).store.lists.get_headers([id_])] == [id_]
    assert reach(everything).store.history.read(id_) != []
    assert reach(nothing).store.lists.get_headers([id_]) == []
    assert reach(nothing).store.history.read(id_) == []
    assert reach(nothing).store.lists.count_ended(engine.definitions.get_latest("work").id) == 0
