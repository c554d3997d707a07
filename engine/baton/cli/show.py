"""``baton show``: one instance as text."""

from __future__ import annotations

import click

from baton.cli.connection import Connection, connect
from baton.cli.text import render_instance_page


@click.command()
@click.argument("instance_id")
@connect
def show(connection: Connection, instance_id: str) -> None:
    """Show one instance: where its tokens are, what it waits for, incidents, the ledger of what can be undone."""
    snapshot = connection.rest.get(f"/process-instance/{instance_id}/snapshot")
    connection.show(snapshot, lambda: render_instance_page(snapshot["header"], snapshot))
