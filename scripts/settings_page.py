"""`make docs-settings`: writes the tables of docs/reference/configuration.md from the classes of the settings."""

from __future__ import annotations

from collections.abc import Iterator

import click
from pydantic.fields import FieldInfo

from baton.cli import main as commands
from baton.launcher.settings import OF_COMMANDS, OF_PROGRAMS, ROOMS
from baton.settings import DefaultText, RoomSettings, describe_values, get_mark, list_fields
from scripts.generated import REFERENCE, replace_generated, write

PAGE = REFERENCE / "configuration.md"
HEAD = "| environment variable | what | values | default |\n|---|---|---|---|\n"


def render(page: str) -> str:
    """The page with the tables as they are now."""
    return replace_generated(page, "make docs-settings", "\n".join(_render_rooms()))


def _render_rooms() -> Iterator[str]:
    yield _render_commands()
    for room in ROOMS:
        yield f"## {_get_title(room)}\n\n{_get_text(room)}\n\n{HEAD}" + "".join(
            f"| `{variable}` | {_join(field.description)} | {describe_values(field)} | {_show_default(field)} |\n"
            for variable, field in list_fields(room)
        )


def _render_commands() -> str:
    """Options that every command shares with an environment variable."""
    options = {
        option.envvar: option
        for command in commands.commands.values()
        for option in command.params
        if isinstance(option, click.Option) and option.envvar in OF_COMMANDS
    }
    rows = (f"| `{name}` | {option.help} | a URL | `{option.default}` |\n" for name, option in sorted(options.items()))
    keys = (f"| `{name}` | {text} | {kind} | none |\n" for name, (text, kind) in OF_PROGRAMS.items())
    title = f"## Commands\n\nThe commands that use a running Baton, `baton worker` among them.\n\n{HEAD}"
    return "".join([title, *rows, *keys])


def _get_title(room: type[RoomSettings]) -> str:
    return room.__name__.removesuffix("Settings") or "Engine"


def _get_text(room: type[RoomSettings]) -> str:
    return _join(room.__doc__)


def _join(text: str | None) -> str:
    return " ".join((text or "").split())


def _show_default(field: FieldInfo) -> str:
    shown = get_mark(field, DefaultText)
    if shown is not None:
        return shown.text
    value = field.default
    if isinstance(value, int) and value >= 2**20 and value % 2**20 == 0:
        return f"{value // 2**20} MiB ({value})"
    return str(value)


if __name__ == "__main__":
    write(PAGE, render)
