"""The command ``baton``."""

from __future__ import annotations

import click

from baton import __version__
from baton.cli.backup import backup, restore
from baton.cli.check import check
from baton.cli.completion import completion
from baton.cli.connection import choose_color
from baton.cli.decisions import evaluate
from baton.cli.definitions import list_definitions
from baton.cli.dev import dev
from baton.cli.doctor import doctor
from baton.cli.instance_actions import activate, cancel, modify, rollback, suspend
from baton.cli.people import group, key, user
from baton.cli.render import render
from baton.cli.repair import repair
from baton.cli.requests import deploy, list_instances, send_message, start
from baton.cli.serve import serve
from baton.cli.show import history, show, variables
from baton.cli.work import claim, complete, list_incidents, list_tasks, retry, skip
from baton.cli.worker import run_worker

SECTIONS = {
    "Run": (serve, dev, run_worker, doctor, repair, backup, restore),
    "Files": (check, render, deploy, list_definitions, evaluate),
    "Instances": (start, send_message, list_instances, show, history, variables),
    "Operate": (list_incidents, retry, skip, suspend, activate, cancel, rollback, modify),
    "Tasks": (list_tasks, claim, complete),
    "People and programs": (user, group, key),
    "Shell": (completion,),
}


class Sections(click.Group):
    """Lists the commands by what they are for."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        for name, commands in SECTIONS.items():
            with formatter.section(name):
                formatter.write_dl([(str(command.name), command.get_short_help_str(90)) for command in commands])


@click.group(cls=Sections, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="baton")
@click.pass_context
def main(context: click.Context) -> None:
    """Baton runs BPMN 2.0 processes, and undoes them in order when something fails."""
    context.color = choose_color()


for _commands in SECTIONS.values():
    for _command in _commands:
        main.add_command(_command)
