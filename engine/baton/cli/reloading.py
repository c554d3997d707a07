"""``baton worker --reload``: the worker in a separate process, which restarts when its files change."""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import click

from baton.launcher.owned_process import OwnedProcess
from baton.launcher.signals import on_stop
from baton.launcher.watching import watch_files


def run_reloading(modules: Sequence[str], options: Sequence[str], grace: float) -> None:
    """Until Ctrl-C or SIGTERM. What cannot be loaded says why, and is tried again after the next change."""
    stop = threading.Event()
    on_stop(stop.set)
    command = [sys.executable, "-m", "baton.cli", "worker", *modules, *options]
    process = OwnedProcess(command)
    told = False
    try:
        for changed in watch_files(find_places(modules), [".py"], stop):
            if changed:
                click.echo(f"Changed: {name_files(changed)}. Restarting the worker …", err=True)
                process.stop(grace)
                process, told = OwnedProcess(command), False
            elif process.exit_code is not None and not told:
                click.echo("The worker has ended. It is started again when a file changes.", err=True)
                told = True
    finally:
        process.stop(grace)


def find_places(modules: Sequence[str]) -> list[Path]:
    """The folders that the modules are in: of a package all of it."""
    sys.path.insert(0, str(Path.cwd()))
    places = [_find_place(text.partition(":")[0]) for text in modules]
    return list(dict.fromkeys(places))


def _find_place(module: str) -> Path:
    if module.endswith(".py"):
        return Path(module).resolve().parent
    spec = importlib.util.find_spec(module.partition(".")[0])
    if spec is None or spec.origin is None:
        return Path.cwd()  # a name that is not there: the worker says so, and the file may come
    return Path(spec.origin).resolve().parent


def name_files(changed: set[Path], folder: Path | None = None) -> str:
    """As seen from ``folder``, or from where we are."""
    return ", ".join(sorted(os.path.relpath(path, folder) for path in changed))
