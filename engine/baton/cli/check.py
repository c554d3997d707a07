"""``baton check``: what is wrong with files, without a server."""

from __future__ import annotations

from pathlib import Path

import click

from baton.cli.files import list_files
from baton.cli.reports import REPORTS
from baton.service.deployments.between import find_problems_among
from baton.service.deployments.reading import Resource, find_problems

WRONG = 1


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(list(REPORTS)), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to this file.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.pass_context
def check(
    context: click.Context, paths: tuple[Path, ...], form: str, as_json: bool, output: Path | None, strict: bool
) -> None:
    """Check BPMN and DMN files, and those in folders, without a server. Exit code 1 if one would be refused.

    \b
    Examples:
      baton check order.bpmn
      baton check processes/ --strict --format junit -o check.xml
      baton check processes/ --format sarif -o check.sarif
    """
    files = list_files(paths)
    problems, links = find_problems([Resource(str(path), path.read_bytes()) for path in files])
    problems += find_problems_among(links)
    report = REPORTS["json" if as_json else form](problems, [str(path) for path in files])
    if output is None:
        click.echo(report)
    else:
        output.write_text(report + "\n", encoding="utf-8")
    if any(problem.is_error or strict for problem in problems):
        context.exit(WRONG)
