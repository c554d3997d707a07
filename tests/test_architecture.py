"""The house: who may import whom, and which library lives in which room (docs/decisions/0001)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import DOORS, FLOORS, LONGEST_FILE, ROOMS, TREE
from tests.libraries import NEVER, ONLY_IN

PACKAGE = Path(__file__).parents[1] / "engine" / "baton"


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that the file imports, as an absolute dotted name, with the line."""
    package = ("baton", *path.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            names = [alias.name for alias in node.names if is_module(f"{module}.{alias.name}")]
            yield from ((node.lineno, f"{module}.{name}") for name in names)
            if len(names) < len(node.names):
                yield node.lineno, module


def is_module(dotted: str) -> bool:
    """``from baton.store import codec`` imports a module, ``from baton.store.blobs import BlobCodec`` a name in one."""
    parts = dotted.split(".")
    place = PACKAGE.joinpath(*parts[1:])
    return parts[0] == "baton" and (place.with_suffix(".py").is_file() or place.joinpath("__init__.py").is_file())


def is_allowed(room: str, module: str) -> bool:
    parts = module.split(".")
    target = parts[1]
    return target == room or target in ROOMS[room] or ".".join(parts[1:3]) in ROOMS[room]


def test_a_room_imports_only_rooms_above_it() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line} imports {module}"
        for path in files()
        if path.parent != PACKAGE or path.stem != "__init__"
        for line, module in imports(path)
        if module.startswith("baton.") and not is_allowed(room_of(path), module)
    ]
    assert wrong == []


def floor_of(dotted: str) -> str:
    """The floor of ``baton.service.turns.mailbox`` is ``turns``; ``baton.service`` itself has none: ""."""
    return [*dotted.split("."), ""][2]


@pytest.mark.parametrize("room", sorted(FLOORS))
def test_inside_a_room_imports_go_down_only(room: str) -> None:
    order = {name: height for height, name in enumerate(FLOORS[room])}
    wrong: list[str] = []
    for path in sorted((PACKAGE / room).rglob("*.py")):
        own = floor_of(".".join(("baton", *path.relative_to(PACKAGE).with_suffix("").parts)))
        if own in DOORS:
            continue
        for line, module in imports(path):
            if module.split(".")[:2] == ["baton", room] and order.get(floor_of(module), len(order)) > order.get(
                own, -1
            ):
                wrong.append(f"{path.relative_to(PACKAGE)}:{line} imports {module}")
    assert wrong == []


@pytest.mark.parametrize("room", sorted(FLOORS))
def test_every_folder_and_file_of_a_room_has_its_floor(room: str) -> None:
    found = {path.stem for path in (PACKAGE / room).iterdir() if path.suffix == ".py" or list(path.glob("*.py"))}
    assert found - DOORS == set(FLOORS[room])


def module_files() -> dict[str, Path]:
    """Dotted name -> file, packages by the name of their folder."""
    found: dict[str, Path] = {}
    for path in files():
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(("baton", *(parts[:-1] if parts[-1] == "__init__" else parts)))] = path
    return found


def test_no_files_of_a_room_import_each_other_in_a_circle() -> None:
    """Imports for types and imports inside functions count."""
    known = module_files()
    graph = {name: {module for _, module in imports(path) if module in known} for name, path in known.items()}
    rooms = [f"baton.{room}." for room in FLOORS]
    circles = {name for name in known if name.startswith(tuple(rooms)) and name in reachable(graph, name)}
    assert circles == {f"baton.runtime.core.{name}" for name in TREE}


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        if (name := ahead.pop()) not in found:
            found.add(name)
            ahead += graph[name]
    return found


def test_every_folder_is_a_known_room_with_floors() -> None:
    found = {path.name for path in PACKAGE.iterdir() if path.is_dir() and list(path.glob("*.py"))}
    assert found <= set(ROOMS)
    assert found == set(FLOORS)


def test_a_library_lives_in_its_room() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line} imports {module}"
        for path in files()
        for line, module in imports(path)
        if room_of(path) not in ONLY_IN.get(module.split(".")[0], {room_of(path)})
    ]
    assert wrong == []


def test_the_pure_rooms_have_no_clock_no_chance_and_no_network() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line} imports {module}"
        for path in files()
        for line, module in imports(path)
        if module.split(".")[0] in NEVER.get(room_of(path), set())
    ]
    assert wrong == []


SMALL = {"loading", "logs", "log_settings", "sample_settings", "settings", "model", "pytest_plugin"}
"""Rooms that need no README: single files, and the model that all know."""


@pytest.mark.parametrize("room", sorted(ROOMS.keys() - SMALL))
def test_a_room_says_what_it_knows_and_what_it_may_not_do(room: str) -> None:
    text = (PACKAGE / room / "README.md").read_text(encoding="utf-8")
    assert 3 <= len(text.splitlines()) <= 40


def test_no_file_is_several_rooms_in_one() -> None:
    long = {str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines()) for path in files()}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}
