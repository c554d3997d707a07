"""Ended instances as Parquet files: what ``baton archive export`` writes is what the API says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from werkzeug.serving import make_server

from baton.cli import main
from baton.cli.ended import EndedReader
from baton.cli.export_tables import EVENTS, TABLES
from baton.cli.parquet import TableWriter
from baton.model.identity import Role
from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from baton.worker import Rest
from tests.running import ROOT
from tests.service.conftest import Clock
from tests.web.conftest import Api

parquet = pytest.importorskip("pyarrow.parquet")

DAY = 86_400_000
KEYS = f"1:{'A' * 43}="
PAGE = ROOT / "docs/reference/export.md"
Export = Callable[..., Result]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(valkey: str, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    settings = Settings(
        redis_url=valkey,
        partitions=4,
        clock=clock,
        archive_dir=tmp_path / "archive",
        archive_after="P1D",
        encryption_keys=KEYS,
    )
    made = assemble(settings)
    yield made
    made.close()


@pytest.fixture
def app(engine: Engine) -> Flask:
    return create_app(engine, WebSettings(hosts=None))


@pytest.fixture
def api(app: Flask, engine: Engine) -> Api:
    return Api(app.test_client(), engine)


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    yield from serve(app)


def serve(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def export(url: str) -> Export:
    def run(*arguments: str | Path, code: int = 0) -> Result:
        result = CliRunner().invoke(main, ["archive", "export", *map(str, arguments), "--url", url])
        assert result.exit_code == code, result.output
        return result

    return run


def end_one(api: Api, key: str = "work", business_key: str = "order-1", **variables: Any) -> str:
    id_ = api.start(key, business_key, **variables)
    (task,) = api.fetch()
    api.complete(task, done=True)
    return id_


def read(folder: Path, name: str) -> list[dict[str, Any]]:
    return parquet.read_table(folder / name).to_pylist()


def count(folder: Path) -> dict[str, int]:
    return {name: parquet.read_table(folder / name).num_rows for name in TABLES}


def list_ids(folder: Path) -> list[str]:
    return [row["instance_id"] for row in read(folder, "instances")]


def test_an_export_has_what_the_api_says_of_archived_and_stored_instances(
    api: Api, engine: Engine, clock: Clock, export: Export, tmp_path: Path
) -> None:
    api.deploy("work", "mapped")
    archived = [end_one(api, amount=7, name="Zoë", lines=[{"sku": "a", "count": 2}])]
    clock.forward(1000)
    archived.append(end_one(api, "mapped", outer="x"))
    clock.forward(2 * DAY)
    assert engine.archiving.run() == 2
    stored = end_one(api, amount=1)
    api.start("work", "runs")

    found = export(tmp_path / "out", "--json")

    assert json.loads(found.output) == {"folder": str(tmp_path / "out"), **count(tmp_path / "out")}
    instances = {row["instance_id"]: row for row in read(tmp_path / "out", "instances")}
    assert list(instances) == [*archived, stored]
    for id_, row in instances.items():
        shown = api.get(f"/history/process-instance/{id_}")
        assert (row["definition_id"], row["definition_key"]) == (
            shown["processDefinitionId"],
            shown["processDefinitionKey"],
        )
        assert (row["definition_version"], row["definition_name"]) == (1, "A process")
        assert (row["business_key"], row["state"], row["tenant_id"]) == ("order-1", "completed", None)
        assert row["duration_ms"] == shown["durationInMillis"]
        assert f"{row['started_at']:%Y-%m-%dT%H:%M:%S.000+0000}" == shown["startTime"]
        assert f"{row['ended_at']:%Y-%m-%dT%H:%M:%S.000+0000}" == shown["endTime"]
        assert row["ended_at"].utcoffset().total_seconds() == 0
        activities = [each for each in read(tmp_path / "out", "activities") if each["instance_id"] == id_]
        shown_activities = api.get("/history/activity-instance", processInstanceId=id_)
        assert [(each["activity_instance_id"], each["element"], each["element_type"]) for each in activities] == [
            (each["id"], each["activityId"], each["activityType"]) for each in shown_activities
        ]
        events = [each for each in read(tmp_path / "out", "events") if each["instance_id"] == id_]
        shown_events = api.get(f"/process-instance/{id_}/history")
        assert row["events"] == len(events)
        assert [(each["position"], each["type"], each["element"], json.loads(each["data"])) for each in events] == [
            (each["position"], each["type"], each["element"], each["data"]) for each in shown_events
        ]
    own = json.loads(instances[archived[0]]["variables"])
    assert own == {"amount": 7, "name": "Zoë", "lines": [{"sku": "a", "count": 2}], "done": True}
    assert json.loads(instances[archived[1]]["variables"]) == {"outer": "x", "done": True}


def test_the_columns_have_types(export: Export, tmp_path: Path) -> None:
    export(tmp_path / "out")

    schema = {
        name: {
            field.name: str(field.type) for field in parquet.read_schema(tmp_path / "out" / name / "part-00000.parquet")
        }
        for name in TABLES
    }
    assert count(tmp_path / "out") == {"instances": 0, "activities": 0, "events": 0}
    assert schema["instances"]["started_at"] == "timestamp[ms, tz=UTC]"
    assert schema["instances"]["duration_ms"] == "int64"
    assert schema["instances"]["undone"] == "bool"
    assert schema["events"] == {
        **dict.fromkeys(EVENTS, "string"),
        "at": "timestamp[ms, tz=UTC]",
        "position": "int64",
        "token": "int64",
    }


def test_exports_of_days_have_each_instance_once(api: Api, clock: Clock, export: Export, tmp_path: Path) -> None:
    api.deploy("work", "mapped")
    ids: list[str] = []
    for _ in range(3):
        ids.append(end_one(api))
        clock.forward(DAY // 2)
    clock.forward(1000)
    other = end_one(api, "mapped", outer="x")
    noon, evening = "2027-01-15T20:00Z", "2027-01-16T08:00:00+00:00"

    export(tmp_path / "before", "--ended-before", noon)
    export(tmp_path / "a" / "b", "--ended-from", noon, "--ended-before", evening)
    export(tmp_path / "after", "--ended-from", evening)
    export(tmp_path / "work", "--key", "work")

    parts = [list_ids(tmp_path / name) for name in ("before", "a/b", "after")]
    assert parts == [ids[:1], ids[1:2], [ids[2], other]]
    assert list_ids(tmp_path / "work") == ids


def test_many_that_have_ended_at_once_are_each_exported_once(
    api: Api, engine: Engine, clock: Clock, export: Export, tmp_path: Path
) -> None:
    api.deploy("work")
    ids: list[str] = []
    for group, size in enumerate((3, 70, 2, 30)):
        clock.forward(1000)
        ids += [api.start("work", f"{group}-{number}") for number in range(size)]
        while tasks := api.fetch():
            for task in tasks:
                api.complete(task)

    export(tmp_path / "out")

    assert sorted(list_ids(tmp_path / "out")) == sorted(ids)
    assert [row["ended_at"] for row in read(tmp_path / "out", "instances")] == sorted(
        row["ended_at"] for row in read(tmp_path / "out", "instances")
    )


def test_what_is_deleted_meanwhile_moves_no_other(api: Api, clock: Clock, url: str) -> None:
    api.deploy("work")
    ids: list[str] = []
    for _ in range(120):
        clock.forward(1)
        ids.append(end_one(api))
    reader = EndedReader(Rest(f"{url}/engine-rest"))
    last = reader.find_last_end({})
    assert last is not None

    pages = reader.iterate_pages({}, 0, last)
    seen = [header["id"] for header in next(pages)]
    for id_ in (*ids[:20], ids[-1]):
        api.delete(f"/history/process-instance/{id_}", 204)
    seen += [header["id"] for page in pages for header in page]

    assert seen == ids[:-1]


def test_filters_that_no_index_serves_leave_nothing_out(api: Api, engine: Engine, clock: Clock) -> None:
    api.deploy("work")
    ids = {end_one(api, "work", f"order-{number}") for number in range(70)}
    app = create_app(engine, WebSettings(hosts=None, most_searched=20))
    for url in serve(app):
        reader = EndedReader(Rest(f"{url}/engine-rest"))
        filters = {"variables": "done_eq_true"}
        last = reader.find_last_end(filters)
        assert last is not None
        found = [header["id"] for page in reader.iterate_pages(filters, 0, last) for header in page]

        assert len(found) == len(ids)
        assert set(found) == ids
        assert set(reader.read_variables(list(ids))) == ids
        assert all(variables == {"done": True} for variables in reader.read_variables(list(ids)).values())


def test_a_caller_exports_what_it_may_read(
    api: Api, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.deploy("work")
    end_one(api)
    for url in serve(create_app(engine, WebSettings(hosts=None, sign_in="required"))):
        refused = CliRunner().invoke(main, ["archive", "export", str(tmp_path / "no"), "--url", url])
        monkeypatch.setenv("BATON_API_KEY", engine.accounts.create_key("w", [Role.WORKER])[0])
        worker = CliRunner().invoke(main, ["archive", "export", str(tmp_path / "no"), "--url", url])
        monkeypatch.setenv("BATON_API_KEY", engine.accounts.create_key("v", [Role.VIEWER])[0])
        viewer = CliRunner().invoke(main, ["archive", "export", str(tmp_path / "yes"), "--url", url])

        assert (refused.exit_code, worker.exit_code, viewer.exit_code) == (1, 1, 0), worker.output
    assert list((tmp_path / "no").iterdir()) == []
    assert count(tmp_path / "yes")["instances"] == 1


def test_a_caller_of_one_tenant_exports_what_is_of_that_tenant(
    api: Api, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids: dict[str, str] = {}
    for tenant in ("acme", "globex"):
        api.post("/tenant/create", {"id": tenant, "name": tenant}, 204)
        api.deploy("work", form={"tenant-id": tenant})
        ids[tenant] = api.post(f"/process-definition/key/work/tenant-id/{tenant}/start", {})["id"]
        (task,) = api.fetch()
        api.complete(task)
    monkeypatch.setenv("BATON_API_KEY", engine.accounts.create_key("a", [Role.VIEWER], tenants=["acme"])[0])

    for url in serve(create_app(engine, WebSettings(hosts=None, sign_in="required"))):
        result = CliRunner().invoke(main, ["archive", "export", str(tmp_path / "out"), "--url", url])

        assert result.exit_code == 0, result.output
    for name in TABLES:
        assert {(row["instance_id"], row["tenant_id"]) for row in read(tmp_path / "out", name)} == {
            (ids["acme"], "acme")
        }


def test_a_folder_with_something_in_it_is_refused_and_stays_as_it_is(export: Export, tmp_path: Path) -> None:
    export(tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}

    refused = export(tmp_path / "out", code=2)

    assert "Expected an empty folder, but found activities, events, export.json, instances in" in refused.output
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--ended-from", "yesterday"], "Expected a moment such as 2026-11-28 or"),
        (["--ended-from", "2026-11-28", "--ended-before", "2026-11-28"], "found no time in between"),
    ],
)
def test_wrong_moments_are_refused(export: Export, tmp_path: Path, options: list[str], message: str) -> None:
    assert message in export(tmp_path / "out", *options, code=2).output
    assert not (tmp_path / "out").exists()


def test_without_pyarrow_it_says_what_to_install(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    assert "pip install 'baton-bpmn[archive]'" in export(tmp_path / "out", code=2).output
    assert not (tmp_path / "out").exists()


def test_an_export_that_is_killed_leaves_nothing_half_and_can_be_repeated(api: Api, url: str, tmp_path: Path) -> None:
    api.deploy("work")
    for _ in range(3):
        end_one(api)
    command = [sys.executable, "-m", "tests.cli.export_victim", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as victims:
        assert victims.stdin is not None
        assert victims.stdout is not None
        number, died = 0, ""
        while died != "lived":
            number += 1
            folder = tmp_path / str(number)
            victims.stdin.write(f"{folder} {number}\n")
            victims.stdin.flush()
            died = victims.stdout.readline().strip()
            assert died != "failed"
            whole = [path for path in folder.glob("*") if path.name != "_unfinished"] if folder.exists() else []
            for path in whole:
                assert path.name == "export.json" or count_rows(path) > 0
            if any(path.name == "export.json" for path in whole):
                assert count(folder)["instances"] == 3
            elif not whole:
                repeated = CliRunner().invoke(main, ["archive", "export", str(folder), "--url", url])
                assert (repeated.exit_code, count(folder)["instances"]) == (0, 3)
        victims.stdin.close()
    assert number > 10


def test_the_reference_has_all_columns() -> None:
    sections = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]

    found = {
        section.partition("\n")[0]: dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", section, re.MULTILINE))
        for section in sections
    }

    assert found == {name: {column: each.kind for column, each in columns.items()} for name, columns in TABLES.items()}


def count_rows(folder: Path) -> int:
    return parquet.read_table(folder).num_rows


def test_files_have_groups_and_parts_of_bounded_size(tmp_path: Path) -> None:
    columns = {"data": EVENTS["data"], "position": EVENTS["position"]}
    with TableWriter(
        tmp_path / "events", columns, rows_together=10, bytes_together=2_000, bytes_of_part=3_000
    ) as writer:
        for position in range(100):
            writer.add({"position": position, "data": f"{position:03d}" * (1 if position < 50 else 300)})

    files = sorted((tmp_path / "events").iterdir())
    assert len(files) > 1
    groups = [
        parquet.ParquetFile(path).metadata.row_group(number).num_rows
        for path in files
        for number in range(parquet.ParquetFile(path).num_row_groups)
    ]
    assert groups[:5] == [10] * 5
    assert set(groups[5:-1]) == {3}
    assert [row["position"] for row in read(tmp_path, "events")] == list(range(100))


def test_halves_of_characters_become_question_marks(tmp_path: Path) -> None:
    with TableWriter(tmp_path / "events", {"data": EVENTS["data"]}) as writer:
        writer.add({"data": "\ud800é"})

    assert read(tmp_path, "events") == [{"data": '"?é"'}]
