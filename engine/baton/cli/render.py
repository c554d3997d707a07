"""``baton render``: a BPMN file as a picture."""

from __future__ import annotations

import json
from pathlib import Path

import click

from baton.cli.connection import Stopped
from baton.drawing import NoDiagram, render_diagram

NOT_DRAWN = 1


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to; FILE.svg if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def render(file: Path, output: Path | None, as_json: bool) -> None:
    """Draw the diagram of a BPMN FILE as SVG, without a server.

    \b
    Examples:
      baton render order.bpmn
      baton render order.bpmn -o docs/order.svg
    """
    try:
        picture = render_diagram(file.read_bytes(), title=file.stem)
    except NoDiagram as error:
        raise Stopped(f"{file}: {error}", NOT_DRAWN) from None
    target = output or file.with_suffix(".svg")
    target.write_text(picture, encoding="utf-8")
    click.echo(json.dumps({"file": str(target)}) if as_json else target)
