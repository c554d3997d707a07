"""``baton worker``: runs the workers of Python modules."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import cast

import click

from baton import logs
from baton.cli.connection import Stopped, add_url_option, normalize_url
from baton.cli.reloading import run_reloading
from baton.launcher.signals import on_stop
from baton.worker import AnyHandler, Middleware, Runner
from baton.worker.handler import check_topics, find_handlers

NO_WORKERS = WRONG_WORKERS = 1


@click.command("worker")
@click.argument("modules", nargs=-1, required=True, metavar="MODULE[:NAME]…")
@click.option("--worker-id", help="This worker's name in the engine; made of host and process if left out.")
@click.option("--grace", default=30.0, show_default=True, help="Seconds that running tasks get to finish on SIGTERM.")
@click.option("--reload", is_flag=True, help="Start anew when a Python file beside the modules is saved.")
@add_url_option
def run_worker(modules: tuple[str, ...], worker_id: str | None, grace: float, reload: bool, url: str) -> None:
    """Do external tasks with the @worker functions of Python modules (names or .py files), until Ctrl-C or SIGTERM.

    \b
    Examples:
      baton worker payments
      baton worker payments shipping.py --reload
      baton worker workers.py --url http://baton.example:8080
    """
    if reload:
        named = ["--worker-id", worker_id] if worker_id else []
        run_reloading(modules, ["--url", normalize_url(url), "--grace", str(grace), *named], grace)
        return
    loaded = [load_workers(text) for text in modules]
    # Each once: a module may import a handler of another, or name it in a list.
    handlers = list({id(handler): handler for module in loaded for handler in module.handlers}.values())
    middleware = list({id(around): around for module in loaded for around in module.middleware}.values())
    logs.set_up("worker")
    try:
        runner = Runner(handlers, normalize_url(url), worker_id=worker_id, middleware=middleware)
    except ValueError as error:
        raise Stopped(str(error), WRONG_WORKERS) from None
    on_stop(runner.request_stop)
    click.echo(f"{runner.worker_id} serves {', '.join(sorted(handler.topic for handler in handlers))}", err=True)
    runner.run(grace)


def check_workers(modules: Sequence[str]) -> None:
    """Raises Stopped for a module that cannot be loaded or has no workers, and for two workers of one topic."""
    handlers = {id(handler): handler for text in modules for handler in load_workers(text).handlers}
    try:
        check_topics(list(handlers.values()))
    except ValueError as error:
        raise Stopped(str(error), WRONG_WORKERS) from None


@dataclass(frozen=True, slots=True)
class Workers:
    """What one module brings."""

    handlers: list[AnyHandler]
    middleware: Sequence[Middleware]
    """The module's list ``middleware``, if it has one."""


def load_workers(text: str) -> Workers:
    """Those of ``module``, ``module:name`` or ``path/to/file.py``. Raises Stopped if there are none."""
    place, _, name = text.partition(":")
    module = _load(place)
    try:
        found = [getattr(module, name)] if name else list(vars(module).values())
    except AttributeError:
        raise Stopped(f"Expected '{name}' in {place}, but it is not there", NO_WORKERS) from None
    handlers = list(find_handlers(found))
    if not handlers:
        raise Stopped(f"Expected functions decorated with @worker in {text}, but found none", NO_WORKERS)
    return Workers(handlers, _read_middleware(module, place))


def _read_middleware(module: ModuleType, place: str) -> Sequence[Middleware]:
    found = getattr(module, "middleware", ())
    if not isinstance(found, (list, tuple)) or not all(callable(item) for item in cast("Sequence[object]", found)):
        raise Stopped(f"Expected 'middleware' of {place} to be a list of functions, but found {found!r}", WRONG_WORKERS)
    return cast("Sequence[Middleware]", found)


def _load(place: str) -> ModuleType:
    sys.path.insert(0, str(Path.cwd()))  # as `python -m` does
    try:
        return _load_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise Stopped(f"Expected a Python module or file '{place}', but: {error}", NO_WORKERS) from None
    except Exception as error:
        raise Stopped(f"Expected {place} to load, but:\n{_describe_failure(error)}", NO_WORKERS) from None


def _describe_failure(error: Exception) -> str:
    """Where in the module, and why; without the frames that lead there."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__ and not frame.filename.startswith("<frozen")]
    return "".join([*traceback.format_list(own), *traceback.format_exception_only(error)]).rstrip()


def _load_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    name = "_".join(path.resolve().with_suffix("").parts[-2:]).replace("-", "_")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
