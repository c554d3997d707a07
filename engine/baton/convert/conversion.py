"""A file of another engine in, a file that runs here and a report out."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from baton import bpmn
from baton.bpmn.document import Refused
from baton.convert import definitions, forms, listeners, others, scripts, work
from baton.convert.beans import note_beans
from baton.convert.dialects import CAMUNDA_8, SPIFFWORKFLOW, detect_dialect, read_as_camunda
from baton.convert.external import Topics
from baton.convert.listing import list_topics
from baton.convert.report import Conversion, Note, NoteKind
from baton.convert.tree import Tree


def convert(content: bytes, name: str = "process.bpmn", beside: Mapping[str, bytes] | None = None) -> Conversion:
    """Convert a BPMN file. Never raises for bad input: what cannot be read comes back as it is, with its problems.

    ``beside``: the files beside it by name, for scripts in files of their own. To convert the result again changes
    nothing.
    """
    dialect = detect_dialect(content)
    try:
        tree = Tree(read_as_camunda(content), beside)
    except (Refused, etree.XMLSyntaxError):
        return Conversion(content, dialect, False, (), (), bpmn.read(content, name, beside).problems)
    if dialect == "Flowable":
        tree.note(
            NoteKind.CHANGED, tree.root, "the words of Flowable are read as those of Camunda 7: namespace changed"
        )
    _convert_tree(tree, dialect)
    written = tree.write()
    reading = bpmn.read(written, name, beside)
    notes = [*tree.notes, *note_beans(reading.processes)]
    return Conversion(written, dialect, tree.is_changed, _sort(notes), list_topics(tree), reading.problems)


def _convert_tree(tree: Tree, dialect: str) -> None:
    definitions.add_ids(tree)
    if dialect in (CAMUNDA_8, SPIFFWORKFLOW):
        others.compare(tree, dialect)
        return
    topics = Topics(tree)
    definitions.mark_executable(tree)
    work.convert_calls(tree, topics)
    work.convert_work(tree, topics)
    scripts.convert_script_tasks(tree, topics)
    scripts.convert_parameters(tree, topics)
    scripts.convert_conditions(tree, topics)
    listeners.convert_listeners(tree, topics)
    definitions.drop_empty_messages(tree)
    definitions.complete_choices(tree)
    forms.convert_forms(tree)
    forms.convert_constraints(tree)
    definitions.check_history(tree)


def _sort(notes: list[Note]) -> tuple[Note, ...]:
    """What is left to do first, then by line."""
    order = (NoteKind.TO_DO, NoteKind.CHANGED, NoteKind.COMPLETED, NoteKind.DIFFERS)
    return tuple(sorted(dict.fromkeys(notes), key=lambda note: (order.index(note.kind), note.line or 0)))
