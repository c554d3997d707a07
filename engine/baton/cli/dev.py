"""``baton dev``: a server for those who write processes, with all that is in a folder, as it is now."""

from __future__ import annotations

import ast
import os
import re
import sys
import tempfile
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from baton.cli.color import choose_color
from baton.cli.connection import CANNOT_START, Stopped, explain, render_problem
from baton.cli.reloading import name_files
from baton.cli.text import render_versions
from baton.client.calls.definitions import ENDINGS
from baton.launcher.errors import CannotStart
from baton.launcher.owned_process import OwnedProcess
from baton.launcher.samples import deploy_files
from baton.launcher.serve import find_port
from baton.launcher.signals import on_stop
from baton.launcher.watching import watch_files
from baton.log_settings import LogSettings
from baton.worker import EngineRefused, EngineUnreachable, Rest

WORKERS_GRACE, SERVER_GRACE = 2, 15
COLOURS = {"server": "cyan", "deploy": "green", "workers": "magenta"}
_OF_VALKEY = re.compile(r"\d+:(?:[A-Z]|signal-handler)\b")
SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})


@click.command()
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, help="Port to listen on; 0: a free one.")
@click.option("--data", type=click.Path(path_type=Path), help="Keep instances here; without it they go at the end.")
def dev(folder: Path, host: str, port: int, data: Path | None) -> None:
    """Serve what is in FOLDER, and follow its files: models are deployed again and workers restarted on every save.

    Models are .bpmn, .dmn and .form files; workers are Python files with @worker functions. What is wrong with a file
    is printed, with its line and element, and what was deployed before stays.

    \b
    Examples:
      baton dev
      baton dev shop/ --port 9000 --data shop-data
    """
    stop = threading.Event()
    on_stop(stop.set)
    try:
        port = find_port(host, port)
    except CannotStart as error:
        raise Stopped(str(error), CANNOT_START) from None
    with _make_data_folder(data) as kept, _Server(host, port, kept) as server:
        _follow(folder.resolve(), server, stop)


@contextmanager
def _make_data_folder(data: Path | None) -> Generator[Path]:
    if data is not None:
        yield data.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="baton-dev-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _read_log_level() -> str:
    """Warnings only, unless the environment says otherwise."""
    settings = LogSettings.from_environment()
    return settings.log_level if "log_level" in settings.model_fields_set else "warning"


class _Server:
    """``baton serve``, without samples."""

    def __init__(self, host: str, port: int, data: Path) -> None:
        named = f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1"}.get(host, host)
        self.rest = Rest(f"http://{named}:{port}/engine-rest")
        options = ["--host", host, "--port", str(port), "--data", str(data), "--web-processes", "1"]
        self._command = [sys.executable, "-m", "baton.cli", "serve", "--no-samples", "--logs", "stderr", *options]

    def __enter__(self) -> _Server:
        env = {"BATON_LOG": "text", "BATON_LOG_LEVEL": _read_log_level()}
        self._process = OwnedProcess(self._command, say=_say_server, env=env)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop(SERVER_GRACE)

    def check_alive(self) -> None:
        """Raises Stopped when it has ended, after it has said why."""
        if self._process.exit_code is not None:
            raise Stopped("The server has ended.", CANNOT_START)

    def is_ready(self) -> bool:
        try:
            self.rest.get("/version")
        except (EngineUnreachable, EngineRefused):
            return False
        return True


class _Workers:
    """One process for all worker modules of the folder; none while there are none."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder, self._url = folder, url
        self._process: OwnedProcess | None = None
        self._told = True

    def start(self) -> None:
        modules = list_worker_files(self._folder)
        if not modules:
            return
        command = [sys.executable, "-m", "baton.cli", "worker", *map(str, modules), "--url", self._url]
        env = {"BATON_LOG": "text", "PYTHONUNBUFFERED": "1"}
        self._process = OwnedProcess(
            [*command, "--grace", str(WORKERS_GRACE)],
            say=lambda line: _say("workers", line),
            cwd=self._folder,
            env=env,
        )
        self._told = False

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop(WORKERS_GRACE)
            self._process = None

    def report_end(self) -> None:
        """Say once that they have ended by themselves."""
        if self._process is not None and self._process.exit_code is not None and not self._told:
            _say("workers", "have ended; they are started again when a file is saved")
            self._told = True


def _follow(folder: Path, server: _Server, stop: threading.Event) -> None:
    workers, begun = _Workers(folder, server.rest.url), False
    try:
        for changed in watch_files([folder], [*ENDINGS, ".py"], stop):
            server.check_alive()
            if not begun and server.is_ready():
                begun = True
                _deploy(server.rest, folder)
                workers.start()
            elif begun and changed:
                _take_changes(server.rest, folder, changed, workers)
            workers.report_end()
    finally:
        workers.stop()


def _take_changes(rest: Rest, folder: Path, changed: set[Path], workers: _Workers) -> None:
    _say(
        "deploy" if any(path.name.endswith(ENDINGS) for path in changed) else "workers",
        f"saved: {name_files(changed, folder)}",
    )
    if any(path.name.endswith(ENDINGS) for path in changed):
        _deploy(rest, folder)
    if any(path.suffix == ".py" for path in changed):
        workers.stop()
        workers.start()


def _deploy(rest: Rest, folder: Path) -> None:
    """All models together, as they call each other and are bound to each other; unchanged ones alone make nothing."""
    files = [path for path in list_files_below(folder) if path.name.endswith(ENDINGS)]
    if not files:
        _say("deploy", f"no {', '.join(ENDINGS)} in {folder} yet")
        return
    try:
        answer = deploy_files(rest, folder.name, files, source="baton dev")
    except EngineRefused as error:
        _say("deploy", explain(error), colour="red")
    except (EngineUnreachable, OSError) as error:
        _say("deploy", f"not deployed: {error}", colour="red")
    else:
        warnings: list[dict[str, Any]] = answer.get("problems") or []
        for line in [*render_versions(answer), *map(render_problem, warnings)]:
            _say("deploy", line)


def list_worker_files(folder: Path) -> list[Path]:
    """Python files with a function that ``@worker(…)`` decorates, and those that cannot be read, which say why."""
    return [path for path in list_files_below(folder) if path.suffix == ".py" and _has_workers(path)]


def _has_workers(path: Path) -> bool:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return b"baton.worker" in path.read_bytes()
    except OSError:
        return False  # gone meanwhile
    functions = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    decorators = (found for function in functions for found in function.decorator_list if isinstance(found, ast.Call))
    return any(ast.unparse(found.func).rpartition(".")[2] == "worker" for found in decorators)


def list_files_below(folder: Path) -> Sequence[Path]:
    """All but those in hidden folders and in those of tools."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in SKIPPED and not Path(place, name, "pyvenv.cfg").exists()
        )
        found += [Path(place, name) for name in sorted(names) if not name.startswith((".", "test_", "conftest"))]
    return found


def _say_server(line: str) -> None:
    """What Valkey says of itself is left out."""
    if not _OF_VALKEY.match(line):
        _say("server", line)


def _say(who: str, text: str, colour: str | None = None) -> None:
    prefix = click.style(f"{who:<7} │ ", fg=COLOURS[who])
    for line in text.splitlines() or [""]:
        # Said here, as threads have no context of the command line.
        click.echo(prefix + (click.style(line, fg=colour) if colour else line), color=choose_color())
