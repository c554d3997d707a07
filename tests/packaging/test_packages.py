"""Packages carry the designer, or are not made; what runs Baton elsewhere says what it must."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from glob import glob
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.programs import require_program

ROOT = Path(__file__).parents[2]
INDEX = Path("engine/baton/web/static/index.html")
WORKER = "packages/worker"
OF_A_PACKAGE = (
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "definitions",
    "scripts",
    "engine",
    "packages",
)


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


def build(project: Path, target: str, into: Path | None = None) -> tuple[int, str]:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(into or project / "dist")]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=100)
    return done.returncode, done.stdout + done.stderr


def list_files(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


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
    assert {"baton/web/static/index.html", "baton/samples/loan-application/workers.py"} <= set(names)
    assert "baton = baton.cli:main" in entries
    assert "baton.pytest_plugin = baton.pytest_plugin" in entries


def unpack(source_package: Path) -> Path:
    target = source_package.parent / f"unpacked-{source_package.name}"
    target.mkdir()
    subprocess.run(["tar", "-xzf", source_package, "-C", target], check=True)
    return next(target.iterdir())


def test_the_source_package_is_enough_to_make_both_wheels(clone: Path) -> None:
    put_designer(clone)
    code, said = build(clone, "sdist")
    assert code == 0, said
    unpacked = unpack(next(clone.glob("dist/*.tar.gz")))
    assert (unpacked / INDEX).is_file()
    assert not (unpacked / "tests").exists()
    for project in (unpacked, unpacked / WORKER):
        code, said = build(project, "wheel")
        assert code == 0, said


def test_each_file_is_in_one_of_the_two_wheels(clone: Path) -> None:
    put_designer(clone)
    for project in (clone, clone / WORKER):
        code, said = build(project, "wheel", clone / "dist")
        assert code == 0, said
    whole, light = (list_files(next(clone.glob(f"dist/{name}-*.whl"))) for name in ("baton_bpmn", "baton_worker"))
    package = {
        f"baton/{path.relative_to(clone / 'engine' / 'baton').as_posix()}"
        for path in (clone / "engine" / "baton").rglob("*")
        if path.is_file()
    }
    assert whole & light == set()
    assert package <= whole | light
    assert {"baton/__init__.py", "baton/py.typed", "baton/worker/task.py", "baton/client/client.py"} <= light
    assert not any(name.split("/")[1] in ("web", "store", "service", "cli") for name in light)


def test_the_source_package_of_the_sdk_is_enough_to_make_its_wheel(clone: Path) -> None:
    code, said = build(clone / WORKER, "sdist")
    assert code == 0, said
    unpacked = unpack(next((clone / WORKER).glob("dist/*.tar.gz")))
    assert not (unpacked / "baton" / "web").exists()
    for project, into in ((clone / WORKER, clone / "a"), (unpacked, clone / "b")):
        code, said = build(project, "wheel", into)
        assert code == 0, said
    one, other = (list_files(next(into.glob("*.whl"))) for into in (clone / "a", clone / "b"))
    assert one == other


def test_the_image_does_not_run_as_root_and_keeps_its_data_in_a_volume() -> None:
    text = (ROOT / "Dockerfile").read_text()
    last = text[text.rindex("FROM ") :]
    assert "\nUSER 10001\n" in last
    assert "\nVOLUME /data\n" in last
    assert "/readyz" in last
    assert "node" not in last


def test_what_the_dockerfile_copies_is_there_and_what_it_runs_is_known() -> None:
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from=" not in line]
    assert copied
    assert [name for names in copied for name in names if not glob(name, root_dir=ROOT)] == []
    instructions = {line.split()[0] for line in lines if line and not line.startswith((" ", "#"))}
    known = "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN SHELL STOPSIGNAL USER VOLUME WORKDIR"
    assert instructions <= set(known.split())


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    """The program is not where the unit expects it on this machine; everything else is as it is."""
    unit = (ROOT / "deploy" / "baton.service").read_text().replace("/opt/baton/bin/baton", sys.executable)
    (tmp_path / "baton.service").write_text(unit)
    command = [require_program("systemd-analyze"), "verify", "--man=no", str(tmp_path / "baton.service")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert [line for line in done.stderr.splitlines() if "baton.service" in line] == []


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
