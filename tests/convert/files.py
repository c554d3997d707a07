"""The corpus: a file for each kind of thing that only another engine runs."""

from __future__ import annotations

from pathlib import Path

from baton.convert import Conversion, NoteKind, convert

CORPUS = Path(__file__).with_name("corpus")
NAMES = tuple(sorted(path.stem for path in CORPUS.glob("*.bpmn")))
SCRIPTS = {"total.groovy": b"sum(lines)"}


def read(name: str) -> bytes:
    return (CORPUS / f"{name}.bpmn").read_bytes()


def convert_file(name: str) -> Conversion:
    return convert(read(name), f"{name}.bpmn", SCRIPTS)


def list_messages(found: Conversion, kind: NoteKind) -> list[str]:
    return [note.message for note in found.notes if note.kind is kind]
