"""The pages about metrics and lines of log say what there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from baton.service import COUNTERS, HISTOGRAMS, Engine, SinkSettings, SourceSettings
from baton.service.turns import turn_log
from baton.web import WebSettings, create_app
from tests.running import ROOT
from tests.service.processes import deploy
from tests.web.conftest import Api

METRICS = (ROOT / "docs" / "reference" / "metrics.md").read_text()
LOGS = (ROOT / "docs" / "reference" / "logs.md").read_text()


@pytest.fixture
def app(engine: Engine, signed_in: bool, tmp_path: Path) -> Flask:
    """As `baton serve` makes it, which may have processes for live streams."""
    sign_in = "required" if signed_in else None
    return create_app(engine, WebSettings(hosts=None, sign_in=sign_in, streams_socket=tmp_path / "streams"))


def list_names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def list_rows(page: str) -> set[str]:
    """What is in the first column of the tables."""
    return {name for line in page.splitlines() if line.startswith("| `") for name in list_names(line.split("|")[1])}


def test_each_metric_is_on_the_page_with_its_labels(api: Api, engine: Engine) -> None:
    engine.sinks.settings = (SinkSettings(name="bus", kind="valkey"),)
    engine.sources.settings = (SourceSettings(name="shop", kind="valkey", options={}),)
    engine.starts.start(deploy(engine).id)
    api.get("/version")

    found = text_string_to_metric_families(api.client.get("/metrics").text)
    names = {it.name + ("_total" if it.type == "counter" else "") for it in found}

    assert list_rows(METRICS) == {name for name in names if not name.endswith("_created")}
    for metric, (_, labels) in {**COUNTERS, **HISTOGRAMS}.items():
        row = next(line for line in METRICS.splitlines() if f"`baton_{metric}" in line)
        assert list_names(row.split("|")[2]) == [*labels]


def test_each_action_about_an_instance_is_on_the_page() -> None:
    lines = {action for _, action in (*turn_log.INFO.values(), *turn_log.DEBUG.values())}

    assert list_rows(LOGS) == lines | {"task.retried", "task.failed", "task.timed_out"}
