"""Which Python `make` takes for Baton: programs that answer as Pythons do are found on a PATH of the test."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

FIND = Path(__file__).parents[2] / "scripts" / "find-python"
USABLE, OPTIMIZED = "ensurepip", "enable-optimizations"


def test_the_newest_python_with_optimizations_is_taken_though_a_newer_one_without_comes_first(tmp_path: Path) -> None:
    # given: a version manager's Pythons before those of the system
    _place(tmp_path / "shims", "python3.13", answers=[USABLE])
    _place(tmp_path / "shims", "python3.11", answers=[USABLE])
    _place(tmp_path / "system", "python3.11", answers=[USABLE, OPTIMIZED])
    _place(tmp_path / "system", "python3.12", answers=[OPTIMIZED])  # without its venv module
    # when
    found, said = _find(tmp_path / "shims", tmp_path / "system")
    # then
    assert (found, said) == (f"{tmp_path}/system/python3.11", "")


def test_without_such_a_python_the_newest_is_taken_and_it_is_said_what_that_costs(tmp_path: Path) -> None:
    _place(tmp_path / "shims", "python3.12", answers=[USABLE])
    _place(tmp_path / "shims", "python3.13", answers=[USABLE])
    found, said = _find(tmp_path / "shims")
    assert found == f"{tmp_path}/shims/python3.13"
    assert "without optimizations" in said
    assert "--enable-optimizations" in said


@pytest.mark.parametrize("answers", [[USABLE], [USABLE, OPTIMIZED]])
def test_a_python_that_is_named_is_taken(tmp_path: Path, answers: list[str]) -> None:
    _place(tmp_path / "shims", "python3.13", answers=[USABLE, OPTIMIZED])
    named = _place(tmp_path / "own", "mine", answers=answers)
    assert _find(tmp_path / "shims", python=str(named)) == (str(named), "")


def test_a_folder_of_path_may_have_a_blank_in_its_name(tmp_path: Path) -> None:
    _place(tmp_path / "my tools", "python3", answers=[USABLE, OPTIMIZED])
    assert _find(tmp_path / "my tools")[0] == f"{tmp_path}/my tools/python3"


def _place(folder: Path, name: str, answers: list[str]) -> Path:
    """A program that says yes to code with one of these words, and else no."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    cases = "".join(f"*{answer}*) exit 0;; " for answer in answers)
    program.write_text(f'#!/bin/sh\ncase "$2" in {cases}*) exit 1;; esac\n')
    program.chmod(0o755)
    return program


def _find(*folders: Path, python: str = "") -> tuple[str, str]:
    """What it prints, and what it says beside it, where these folders and `cat` are all of PATH."""
    tools = folders[0].parent / "tools"
    tools.mkdir()
    (tools / "cat").symlink_to(shutil.which("cat") or "")
    path = os.pathsep.join(map(str, (*folders, tools)))
    run = subprocess.run([FIND], env={"PATH": path, "PYTHON": python}, capture_output=True, text=True, check=True)
    return run.stdout.strip(), run.stderr
