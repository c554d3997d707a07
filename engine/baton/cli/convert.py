"""``baton convert``: a file of another engine in, a file that runs and a report out, without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from baton import convert as converting
from baton.cli.connection import Stopped
from baton.convert import LANGUAGES, Conversion, write_stubs

WRONG = 1
_SCRIPTS = frozenset({".groovy", ".js", ".py", ".feel", ".juel", ".rb", ".xslt"})
_LARGEST = 1024 * 1024


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to; else the file itself.")
@click.option("--dry-run", is_flag=True, help="Only report; write nothing.")
@click.option("--stubs", type=click.Choice(LANGUAGES), help="Also write workers with a function for each topic.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_context
def convert(
    context: click.Context, file: Path, output: Path | None, dry_run: bool, stubs: str | None, as_json: bool
) -> None:
    """Convert a BPMN FILE of Camunda 7, Activiti or Flowable, and report on one of Camunda 8 or SpiffArena.

    The report lists what was changed, what is left to do, and what runs differently. Exit code 1 if Baton would still
    refuse the file.

    \b
    Examples:
      baton convert order.bpmn --dry-run
      baton convert order.bpmn -o converted/order.bpmn --stubs python
    """
    found = converting.convert(file.read_bytes(), file.name, _read_scripts(file.parent))
    target = output or file
    written: list[str] = []
    if not dry_run:
        written = _write(found, target, stubs, must_write=output is not None)
    click.echo(
        json.dumps(_show(found, written), indent=2) if as_json else "\n".join(_render(found, str(file), written))
    )
    if not found.runs:
        context.exit(WRONG)


def _read_scripts(folder: Path) -> dict[str, bytes]:
    """The scripts beside the file, which it may name as resources."""
    found = (path for path in folder.iterdir() if path.suffix in _SCRIPTS and path.is_file())
    return {path.name: path.read_bytes() for path in found if path.stat().st_size <= _LARGEST}


def _write(found: Conversion, target: Path, stubs: str | None, *, must_write: bool) -> list[str]:
    """The names of the files written. Stubs never replace a file: somebody may have filled it in."""
    written: list[str] = []
    if stubs is not None:
        name, text = write_stubs(found.topics, stubs)
        place = target.parent / name
        if place.exists():
            raise Stopped(
                f"Expected no file {place}, to write stubs to, but found one: move it, or convert elsewhere", 1
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        written.append(str(place))
    if found.is_changed or must_write:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(found.content)
        written.insert(0, str(target))
    return written


def _show(found: Conversion, written: list[str]) -> dict[str, Any]:
    return {
        "dialect": found.dialect,
        "changed": found.is_changed,
        "runs": found.runs,
        "written": written,
        "notes": [
            {"kind": note.kind, "element": note.element, "line": note.line, "message": note.message}
            for note in found.notes
        ],
        "topics": [{"name": topic.name, "elements": topic.elements} for topic in found.topics],
        "problems": [
            {"rule": each.rule, "severity": each.severity, "element": each.element, "line": each.line}
            | {"message": each.message}
            for each in found.problems
        ],
    }


def _render(found: Conversion, name: str, written: list[str]) -> Iterator[str]:
    """Notes as ``file:line: kind: text (element)``, as compilers write; then what Baton finds in the new file."""
    for note in found.notes:
        yield f"{name}:{note.line or 1}: {note.kind}: {note.message}" + (f" ({note.element})" if note.element else "")
    for problem in found.problems:
        if problem.is_error:
            yield f"{name}: still refused [{problem.rule}] {problem.message} ({problem.element or 'file'})"
    changed = sum(note.kind == "changed" for note in found.notes)
    to_do = sum(note.kind == "to-do" for note in found.notes)
    state = "runs" if found.runs else "would be refused"
    yield f"{found.dialect}: {changed} changes, {to_do} things to do, {len(found.topics)} topics; the file {state}"
    yield from (f"Wrote {place}" for place in written)
