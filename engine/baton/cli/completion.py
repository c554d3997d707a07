"""``baton completion``: the script that a shell completes the command line with."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    Examples:
      source <(baton completion bash)
      baton completion fish > ~/.config/fish/completions/baton.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None  # one of the choices
    click.echo(kind(context.find_root().command, {}, "baton", "_BATON_COMPLETE").source())
