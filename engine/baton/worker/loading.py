"""Worker modules by their names or files, and what they bring."""

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

from baton.worker.calling import Middleware
from baton.worker.handler import AnyHandler, check_topics, find_handlers
from baton.worker.runner import Runner


class CannotLoad(Exception):
    """A module is not there, cannot be loaded, or has no workers; the message says why."""


def make_runner(modules: Sequence[str], url: str, worker_id: str | None = None) -> Runner:
    """For the workers and the middleware of all modules. Raises CannotLoad, also for two workers of one topic."""
    loaded = [load_workers(text) for text in modules]
    # Each once: a module may import a handler of another, or name it in a list.
    handlers = list({id(handler): handler for module in loaded for handler in module.handlers}.values())
    middleware = list({id(around): around for module in loaded for around in module.middleware}.values())
    try:
        return Runner(handlers, url, worker_id=worker_id, middleware=middleware)
    except ValueError as error:
        raise CannotLoad(str(error)) from None


def check_workers(modules: Sequence[str]) -> None:
    """Raises CannotLoad for a module that cannot be loaded or has no workers, and for two workers of one topic."""
    handlers = {id(handler): handler for text in modules for handler in load_workers(text).handlers}
    try:
        check_topics(list(handlers.values()))
    except ValueError as error:
        raise CannotLoad(str(error)) from None


@dataclass(frozen=True, slots=True)
class Workers:
    """What one module brings."""

    handlers: list[AnyHandler]
    middleware: Sequence[Middleware]
    """The module's list ``middleware``, if it has one."""


def load_workers(text: str) -> Workers:
    """Those of ``module``, ``module:name`` or ``path/to/file.py``. Raises CannotLoad if there are none."""
    place, _, name = text.partition(":")
    module = _load(place)
    try:
        found = [getattr(module, name)] if name else list(vars(module).values())
    except AttributeError:
        raise CannotLoad(f"Expected '{name}' in {place}, but it is not there") from None
    handlers = list(find_handlers(found))
    if not handlers:
        raise CannotLoad(f"Expected functions decorated with @worker in {text}, but found none")
    return Workers(handlers, _read_middleware(module, place))


def _read_middleware(module: ModuleType, place: str) -> Sequence[Middleware]:
    found = getattr(module, "middleware", ())
    if not isinstance(found, (list, tuple)) or not all(callable(item) for item in cast("Sequence[object]", found)):
        raise CannotLoad(f"Expected 'middleware' of {place} to be a list of functions, but found {found!r}")
    return cast("Sequence[Middleware]", found)


def _load(place: str) -> ModuleType:
    sys.path.insert(0, str(Path.cwd()))  # as `python -m` does
    try:
        return _load_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise CannotLoad(f"Expected a Python module or file '{place}', but: {error}") from None
    except Exception as error:
        raise CannotLoad(f"Expected {place} to load, but:\n{_describe_failure(error)}") from None


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
