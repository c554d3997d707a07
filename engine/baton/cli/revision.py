"""The state of files that are deployed, as git knows it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

SECONDS = 10.0
MARK = " @ "
"""Before the state of the files in the source of a deployment: what is behind it, the server does not compare."""


def describe_source(source: str, files: Sequence[Path]) -> str:
    """The source with the files' last commit, its author and day, and whether they have changed since.

    Without git, or outside of a repository, the source as it is.
    """
    state = read_revision(files)
    return source if state is None else f"{source}{MARK}{state}"


def read_revision(files: Sequence[Path]) -> str | None:
    """Such as ``1a2b3c4 by Ann Smith, 2026-11-28 (changed since)``; None when the files are in no git repository."""
    folder = files[0].resolve().parent
    names = [str(path.resolve()) for path in files]
    commit = _ask_git(folder, "log", "-1", "--format=%h by %an, %as", "--", *names)
    if not commit:
        return None
    changed = _ask_git(folder, "status", "--porcelain", "--", *names)
    return f"{commit} (changed since)" if changed else commit


def _ask_git(folder: Path, *command: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *command], cwd=folder, capture_output=True, text=True, timeout=SECONDS, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
