"""The designer's files as they are on the disk now."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from baton.service import Engine
from baton.web import WebSettings, create_app
from tests.web.conftest import BufferedClient


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "static"


@pytest.fixture
def app(engine: Engine, folder: Path) -> Flask:
    return create_app(engine, WebSettings(hosts=None, static=folder))


def build(folder: Path, version: str) -> None:
    """As Vite does: the old files away, then the page and what it loads, by a name that changes with it."""
    for path in [*folder.rglob("*.*")]:
        path.unlink()
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(f"<title>page {version}</title>")
    (folder / "assets" / f"index-{version * 8}.js").write_text(f"'script {version}'")


def test_what_is_built_anew_is_served_without_a_restart(folder: Path, app: Flask) -> None:
    client = BufferedClient(app)
    assert "The designer is not built" in client.get("/").text

    for version in ("a", "bb"):
        build(folder, version)
        assert [client.get(path).text for path in ("/", "/instances")] == [f"<title>page {version}</title>"] * 2
        found = client.get(f"/assets/index-{version * 8}.js")
        assert (found.text, "immutable" in found.headers["Cache-Control"]) == (f"'script {version}'", True)

    assert client.get(f"/assets/index-{'a' * 8}.js").status_code == 404
    assert client.get("/openapi/css/swagger-ui.css").status_code == 200
