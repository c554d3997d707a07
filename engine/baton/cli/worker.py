"""``baton worker``: runs the workers of Python modules."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import cast

import click

from baton import logs
from baton.cli.connection import Stopped, add_url_option, normalize_url
from baton.launcher.signals import on_stop
from baton.worker import Handler, Runner

NO_WORKERS = WRONG_WORKERS = 1


@click.command("worker")
@click.argument("modules", nargs=-1, required=True, metavar="MODULE[:NAME]…")
@click.option("--worker-id", help="This worker's name in the engine; made of host and process if left out.")
@click.option("--grace", default=30.0, show_default=True, help="Seconds that running tasks get to finish on SIGTERM.")
@add_url_option
def run_worker(modules: tuple[str, ...], worker_id: str | None, grace: float, url: str) -> None:
    """Do external tasks with the @worker functions of Python modules (names or .py files), until Ctrl-C or SIGTERM."""
    # Each once: a module may import a handler of another, or name it in a list.
    handlers = list({id(handler): handler for text in modules for handler in load_handlers(text)}.values())
    logs.set_up("worker")
    try:
        runner = Runner(handlers, normalize_url(url), worker_id=worker_id)
    except ValueError as error:
        raise Stopped(str(error), WRONG_WORKERS) from None
    on_stop(runner.request_stop)
    click.echo(f"{runner.worker_id} serves {', '.join(sorted(handler.topic for handler in handlers))}", err=True)
    runner.run(grace)


def load_handlers(text: str) -> list[Handler]:
    """The handlers of ``module``, ``module:name`` or ``path/to/file.py``. Raises Stopped if there are none."""
    place, _, name = text.partition(":")
    module = _load(place)
    try:
        found = [getattr(module, name)] if name else list(vars(module).values())
    except AttributeError:
        raise Stopped(f"Expected '{name}' in {place}, but it is not there", NO_WORKERS) from None
    handlers = list(_flatten(found))
    if not handlers:
        raise Stopped(f"Expected functions decorated with @worker in {text}, but found none", NO_WORKERS)
    return handlers


def _flatten(found: Iterable[object]) -> Iterable[Handler]:
    for item in found:
        if isinstance(item, Handler):
            yield item
        elif isinstance(item, (list, tuple)):
            yield from _flatten(cast("Iterable[object]", item))


def _load(place: str) -> ModuleType:
    sys.path.insert(0, str(Path.cwd()))  # as `python -m` does
    try:
        return _load_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise Stopped(f"Expected a Python module or file '{place}', but: {error}", NO_WORKERS) from None


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
