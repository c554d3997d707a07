"""The command ``baton``."""

from __future__ import annotations

import click

from baton import __version__
from baton.cli.requests import deploy, list_instances, send_message, start
from baton.cli.serve import serve
from baton.cli.show import show
from baton.cli.worker import run_worker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="baton")
def main() -> None:
    """Baton runs BPMN 2.0 processes, and undoes them in order when something fails."""


for command in (serve, deploy, start, send_message, list_instances, show, run_worker):
    main.add_command(command)
