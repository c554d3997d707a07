"""What is deployed carries the state of its files, which does not make a new version by itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from baton.cli.revision import describe_source, read_revision


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init")
    (tmp_path / "a.bpmn").write_text("1")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "a", "--date", "2026-11-20T12:00:00")
    (tmp_path / "other.txt").write_text("1")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=Bob", "commit", "-m", "b")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Ann Smith", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_the_last_commit_of_the_files_is_told_with_author_and_day(repository: Path) -> None:
    commit = git(repository, "log", "-1", "--skip=1", "--format=%h")
    assert read_revision([repository / "a.bpmn"]) == f"{commit} by Ann Smith, 2026-11-20"
    assert describe_source("command line", [repository / "a.bpmn"]).startswith(f"command line @ {commit} by ")


def test_files_that_have_changed_since_are_told(repository: Path) -> None:
    (repository / "a.bpmn").write_text("2")
    assert str(read_revision([repository / "a.bpmn"])).endswith("2026-11-20 (changed since)")


def test_files_that_git_does_not_know_have_no_state(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (repository / "new.bpmn").write_text("1")
    outside = tmp_path_factory.mktemp("outside") / "a.bpmn"
    outside.write_text("1")
    assert read_revision([repository / "new.bpmn"]) is None
    assert describe_source("command line", [outside]) == "command line"


def test_without_git_there_is_no_state(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert read_revision([repository / "a.bpmn"]) is None
