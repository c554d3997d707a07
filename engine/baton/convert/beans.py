"""Beans in expressions that stay where they are: found and named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from baton.bpmn.queries.expressions import find_expressions
from baton.convert.code import list_beans
from baton.convert.report import Note, NoteKind
from baton.model.definition import ProcessModel


def note_beans(models: Iterable[ProcessModel]) -> Iterator[Note]:
    """Each call of a bean that is left in the converted file: an instance would stop there."""
    for model in models:
        for place in find_expressions(model):
            if place.expression.dialect == "juel":
                for bean in list_beans(place.expression.text):
                    message = (
                        f"the expression '{place.expression.text}' calls '{bean}', a Java bean: an instance stops "
                        "there with an incident; compute the value in a task before, and use a variable"
                    )
                    yield Note(NoteKind.TO_DO, place.element, place.expression.line, message)
