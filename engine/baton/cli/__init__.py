"""The command ``baton``."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import nullcontext
from typing import cast

import click

from baton import __version__
from baton.cli.color import choose_color
from baton.loading import keep_loaded

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "Run": {
        "serve": "serve:serve",
        "dev": "dev:dev",
        "worker": "worker:run_worker",
        "doctor": "doctor:doctor",
        "repair": "repair:repair",
        "backup": "backup:backup",
        "restore": "backup:restore",
        "seal": "sealing:seal",
        "archive": "archive:archive",
    },
    "Files": {
        "check": "check:check",
        "convert": "convert:convert",
        "render": "render:render",
        "deploy": "requests:deploy",
        "definitions": "definitions:list_definitions",
        "evaluate": "decisions:evaluate",
    },
    "Instances": {
        "start": "requests:start",
        "message": "requests:send_message",
        "instances": "requests:list_instances",
        "show": "show:show",
        "history": "show:history",
        "variables": "show:variables",
    },
    "Operate": {
        "incidents": "work:list_incidents",
        "retry": "work:retry",
        "skip": "work:skip",
        "suspend": "instance_actions:suspend",
        "activate": "instance_actions:activate",
        "cancel": "instance_actions:cancel",
        "rollback": "instance_actions:rollback",
        "modify": "instance_actions:modify",
        "migrate": "migration:migrate",
        "batches": "migration:batches",
        "approval": "approvals:approval",
        "dead-letters": "letters:letters",
    },
    "Tasks": {"tasks": "work:list_tasks", "claim": "work:claim", "complete": "work:complete"},
    "People and programs": {
        "user": "people:user",
        "group": "people:group",
        "key": "people:key",
        "tenant": "rights:tenant",
        "grant": "rights:grant",
    },
    "Audit": {"audit": "audit:audit", "hold": "audit:hold", "evidence": "audit:evidence", "forget": "audit:forget"},
    "Shell": {"completion": "completion:completion"},
}
"""Each command with its module and its name there: only what is called is imported, which is most of its time."""


class Commands(Mapping[str, click.Command]):
    """All commands by name; each is imported when it is asked for."""

    def __init__(self) -> None:
        self._places = {name: place for commands in SECTIONS.values() for name, place in commands.items()}

    def __getitem__(self, name: str) -> click.Command:
        module, _, attribute = self._places[name].partition(":")
        module = f"baton.cli.{module}"
        with nullcontext() if module in sys.modules else keep_loaded():
            command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Sections(click.Group):
    """Lists the commands by what they are for."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        for section, names in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(90)) for name in names])


# Click declares a mapping that can be changed, and only reads it.
@click.group(
    cls=Sections,
    commands=cast("MutableMapping[str, click.Command]", Commands()),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="baton")
@click.pass_context
def main(context: click.Context) -> None:
    """Baton runs BPMN 2.0 processes, and undoes them in order when something fails."""
    context.color = choose_color()
