"""A release that is taken from the history of this repository, and the environment that it runs in."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("engine", "bench", "definitions", "pyproject.toml", "requirements.lock", "README.md")


class NoSuchRevision(LookupError):
    """The revision is not in the history."""


@dataclass(frozen=True)
class Release:
    """``python`` runs it, with ``path`` first among its imports."""

    name: str
    python: str
    path: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(self.path)}


def this_release() -> Release:
    return Release("this", sys.executable, ROOT / "engine")


def take_release(revision: str, folder: Path) -> Release:
    """Its files in ``folder``. With the dependencies that are installed here when they suffice, else with its own.

    Raises NoSuchRevision.
    """
    commit = _find_commit(revision)
    source = folder / commit[:10]
    source.mkdir(parents=True)
    _unpack(commit, source)
    release = Release(commit[:10], sys.executable, source / "engine")
    return release if _starts(release) else Release(commit[:10], _install(source), source / "engine")


def has_history() -> bool:
    """Whether this is a clone with all of its history."""
    asked = ["git", "rev-parse", "--is-shallow-repository"]
    found = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() == "false"


def _find_commit(revision: str) -> str:
    asked = ["git", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"]
    found = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        raise NoSuchRevision(f"Expected a revision of this repository's history, but found '{revision}'")
    return found.stdout.strip()


def _unpack(commit: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(["git", "archive", commit, "--", *PARTS], cwd=ROOT, stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "-C", folder], stdin=archive.stdout, check=True)


def _starts(release: Release) -> bool:
    command = [release.python, "-m", "baton.cli", "--help"]
    environment = {**os.environ, **release.environment}
    return not subprocess.run(command, env=environment, cwd=release.path, capture_output=True, check=False).returncode


def _install(source: Path) -> str:
    """A virtual environment with the dependencies that the release was pinned to."""
    subprocess.run([sys.executable, "-m", "venv", source / "venv"], check=True)
    python = str(source / "venv" / "bin" / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes"]
    subprocess.run([*pip, "-r", source / "requirements.lock"], check=True)
    return python
