"""Packages carry the designer, or are not made; what runs Baton elsewhere says what it must."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
INDEX = Path("engine/baton/web/static/index.html")
OF_A_PACKAGE = ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "definitions", "scripts", "engine")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a package is made of, without a designer."""
    for name in OF_A_PACKAGE:
        source, target = ROOT / name, tmp_path / "clone" / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("static", "__pycache__"))
        else:
            shutil.copy(source, target)
    return tmp_path / "clone"


def build(clone: Path, target: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(clone / "dist")]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, timeout=100)
    return done.returncode, done.stdout + done.stderr


def put_designer(clone: Path) -> None:
    (clone / INDEX).parent.mkdir(parents=True)
    (clone / INDEX).write_text("<!doctype html>")


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_a_package_without_the_designer_is_not_made(clone: Path, target: str) -> None:
    code, said = build(clone, target)
    assert code != 0
    assert "Expected the built designer" in said
    assert "make build" in said
    assert not list(clone.glob("dist/*"))


def test_the_wheel_has_designer_samples_and_plugin(clone: Path) -> None:
    put_designer(clone)
    code, said = build(clone, "wheel")
    assert code == 0, said
    with zipfile.ZipFile(next(clone.glob("dist/*.whl"))) as wheel:
        names = wheel.namelist()
        entries = wheel.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    assert {"baton/web/static/index.html", "baton/samples/loan-application/workers.py", "baton/py.typed"} <= set(names)
    assert "baton = baton.cli:main" in entries
    assert "baton.pytest_plugin = baton.pytest_plugin" in entries


def test_the_source_package_is_enough_to_make_the_wheel(clone: Path) -> None:
    put_designer(clone)
    code, said = build(clone, "sdist")
    assert code == 0, said
    with tarfile.open(next(clone.glob("dist/*.tar.gz"))) as packed:
        packed.extractall(clone / "unpacked", filter="data")
    unpacked = next((clone / "unpacked").iterdir())
    assert (unpacked / INDEX).is_file()
    assert not (unpacked / "tests").exists()
    code, said = build(unpacked, "wheel")
    assert code == 0, said


def test_the_image_does_not_run_as_root_and_keeps_its_data_in_a_volume() -> None:
    text = (ROOT / "Dockerfile").read_text()
    last = text[text.rindex("FROM ") :]
    assert "\nUSER 10001\n" in last
    assert "\nVOLUME /data\n" in last
    assert "/readyz" in last
    assert "node" not in last


def read_yaml(name: str) -> list[Any]:
    return list(yaml.safe_load_all((ROOT / name).read_text()))


def test_compose_runs_two_batons_on_one_durable_valkey() -> None:
    services = read_yaml("compose.yaml")[0]["services"]
    batons = [service for name, service in services.items() if name.startswith("baton")]
    assert [baton["environment"]["BATON_REDIS_URL"] for baton in batons] == ["redis://valkey:6379"] * 2
    assert {"--appendonly", "noeviction"} <= set(services["valkey"]["command"])


def test_kubernetes_knows_the_probes_and_the_store() -> None:
    by_kind = {found["kind"]: found for found in read_yaml("deploy/kubernetes/baton.yaml")}
    assert set(by_kind) == {"Secret", "Deployment", "Service"}
    pod = by_kind["Deployment"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"


@pytest.mark.soak
def test_the_wheel_runs_in_an_empty_environment_without_node(tmp_path: Path) -> None:
    """From ``pip install`` to an order by command line and HTTP."""
    from tests.running import Baton

    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=100)
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True, timeout=100)
    python = tmp_path / "venv" / "bin" / "python"
    wheel = next(tmp_path.glob("*.whl"))
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel)], check=True, timeout=900)
    environment = {"PATH": "/nowhere", "HOME": str(tmp_path)}
    baton = Baton(tmp_path / "data", env=environment, python=str(python))
    baton.start()
    try:
        cli = [str(tmp_path / "venv" / "bin" / "baton"), "start", "order-fulfilment", "--url", baton.url]
        order = ROOT / "definitions" / "order-fulfilment" / "orders" / "happy.json"
        done = subprocess.run(
            [*cli, str(order), "--business-key", "A-1"],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        started = baton.rest.get("/process-instance/overview", {"businessKey": "A-1"})[0]["id"]
        assert baton.wait_for_end(started)["header"]["state"] == "completed"
        page = subprocess.run(
            [python, "-c", f"import urllib.request; print(urllib.request.urlopen('{baton.url}/').status)"],
            capture_output=True,
            text=True,
        )
        assert page.stdout == "200\n"
    finally:
        baton.stop()
