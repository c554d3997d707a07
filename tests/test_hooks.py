"""The hooks of pre-commit run what is installed here, and nothing that CI checks is left out."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.programs import require_program

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / ".pre-commit-config.yaml"


@pytest.fixture
def hooks() -> list[dict[str, Any]]:
    return [hook for repo in yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repos"] for hook in repo["hooks"]]


def test_nothing_is_fetched(hooks: list[dict[str, Any]]) -> None:
    repos = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    assert {hook["language"] for hook in hooks} == {"system"}


def test_every_check_of_make_is_a_hook(hooks: list[dict[str, Any]]) -> None:
    entries = " ".join(hook["entry"] for hook in hooks)
    checks = re.findall(r"^lint:.*\n((?:\t.*\n)+)|^types:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.M)
    commands = re.findall(r"\$\(BIN\)/(ruff \w+|pyright)", "".join(part for found in checks for part in found))
    assert set(commands) == {"ruff check", "ruff format", "pyright"}
    assert [command for command in commands if command not in entries] == []
    assert "biome check" in entries
    assert "run --silent types" in entries


def test_the_fast_hooks_run(tmp_path: Path) -> None:
    """In a repository of its own: what is not committed here must not decide."""
    git = require_program("git")
    require_program("npm")
    for name in (".pre-commit-config.yaml", "pyproject.toml", "biome.jsonc", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in (".venv", "designer/node_modules"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(ROOT / name if (ROOT / name).exists() else sys.prefix)
    (tmp_path / "designer" / "wrong.ts").write_text("let x = 1\nexport default x\n")
    (tmp_path / "wrong.py").write_text("import os\n\n\n\n\nx = {  'a':1}\n")
    subprocess.run([git, "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run([git, "add", "wrong.py", "designer/wrong.ts"], cwd=tmp_path, check=True)

    done = subprocess.run(
        [Path(sys.executable).with_name("pre-commit"), "run", "--color", "never"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"SKIP": "pyright,tsc,architecture", "PATH": f"{Path(git).parent}:/usr/bin:/bin", "HOME": str(tmp_path)},
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert (tmp_path / "wrong.py").read_text() == 'x = {"a": 1}\n', done.stdout
    assert (tmp_path / "designer" / "wrong.ts").read_text() == "const x = 1;\nexport default x;\n", done.stdout
