"""``baton render``: a BPMN file as a picture."""

from __future__ import annotations

import json
from pathlib import Path

import click

from baton.cli.connection import Stopped
from baton.drawing import NoDiagram, NoFonts, render_diagram, render_png

NOT_DRAWN = 1


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to, .svg or .png; FILE.svg if left out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def render(file: Path, output: Path | None, as_json: bool) -> None:
    """Draw the diagram of a BPMN FILE as SVG or PNG, without a server.

    \b
    Examples:
      baton render order.bpmn
      baton render order.bpmn -o docs/order.svg
      baton render order.bpmn -o order.png
    """
    target = output or file.with_suffix(".svg")
    if target.suffix not in (".svg", ".png"):
        raise Stopped(f"Expected a file that ends in .svg or .png with -o, but found {target.name}", NOT_DRAWN)
    try:
        picture = render_diagram(file.read_bytes(), title=file.stem)
        target.write_bytes(render_png(picture) if target.suffix == ".png" else picture.encode())
    except (NoDiagram, NoFonts) as error:
        raise Stopped(f"{file}: {error}", NOT_DRAWN) from None
    click.echo(json.dumps({"file": str(target)}) if as_json else target)
