"""A public function begins with a verb; ``verbs.txt`` lists those in use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1] / "engine" / "baton"
LIST = Path(__file__).parent / "verbs.txt"

PROPERTIES = {"property", "cached_property", "functools.cached_property"}
"""What these decorate is read as a value, so it is named as one."""

COMMANDS = {"click.command", "click.group"}
"""The name of a command is what a user types: ``baton history``."""

FIXTURES = {"pytest.fixture"}
"""The name of a fixture is that of the value which a test takes by it."""

DICTATED = {
    "immutable": "a decorator of classes, as ``dataclass``",
    "main": "what Python calls the function that a program begins with",
    "now": "the clock's, as in ``datetime.now``",
    "once": "what users of the SDK write: ``task.once(key, step)``",
    "once_async": "the same for a step to await",
    "progress": "what users of the SDK write: ``task.progress(0.5)``",
    "pytest_addoption": "pytest's hook",
    "pytest_terminal_summary": "pytest's hook",
    "recv": "a socket's method",
    "sendall": "a socket's method",
    "sendfile": "a socket's method",
    "notify": "gunicorn's",
    "setup": "gunicorn's",
    "ssl_context": "gunicorn's",
    "kill": "a process's, as subprocess has it",
    "poll": "a process's, as subprocess has it",
    "init_poolmanager": "requests'",
    "settings_customise_sources": "pydantic-settings'",
    "worker": 'the decorator that users of the SDK write: ``@worker("topic")``',
}
"""Names that a library, a protocol or an interface for users has chosen, and whose they are."""


class Function(NamedTuple):
    place: str
    name: str
    decorators: tuple[str, ...]

    @property
    def first_word(self) -> str:
        return self.name.split("_")[0]

    @property
    def is_checked(self) -> bool:
        free = self.name.startswith("_") or self.name in DICTATED
        return not (
            free
            or any(found in PROPERTIES | COMMANDS | FIXTURES or found.endswith(".setter") for found in self.decorators)
        )


def list_functions() -> Iterator[Function]:
    """Every function and method of the engine, those inside functions too."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                calls = (found.func if isinstance(found, ast.Call) else found for found in node.decorator_list)
                place = f"{path.relative_to(PACKAGE)}:{node.lineno}"
                yield Function(place, node.name, tuple(map(ast.unparse, calls)))


def read_verbs() -> list[str]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return re.findall(r"\w+", " ".join(line for line in lines if not line.startswith("#")))


def test_public_functions_begin_with_a_verb() -> None:
    """A verb that is not in the list yet is added to it by hand: is it a verb, and does no listed one say the same?"""
    verbs = set(read_verbs())
    wrong = [
        f"{found.place} {found.name}"
        for found in list_functions()
        if found.is_checked and found.first_word not in verbs
    ]
    assert wrong == []


def test_the_list_of_verbs_holds_those_in_use() -> None:
    used = {found.first_word for found in list_functions() if found.is_checked}
    assert sorted(set(read_verbs()) - used) == []


def test_a_name_that_others_have_chosen_is_in_use() -> None:
    assert set(DICTATED) - {found.name for found in list_functions()} == set()
