"""The command ``baton``."""

from __future__ import annotations

import click

from baton import __version__
from baton.cli.requests import deploy, instances, message, start
from baton.cli.serve import serve
from baton.cli.show import show
from baton.cli.worker import worker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="baton")
def main() -> None:
    """Baton runs BPMN 2.0 processes, and undoes them in order when something fails."""


for command in (serve, deploy, start, message, instances, show, worker):
    main.add_command(command)
