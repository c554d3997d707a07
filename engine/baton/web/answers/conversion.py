"""A converted file and its report."""

from __future__ import annotations

from pydantic import Field

from baton import convert
from baton.web.answers.problems import Problem, show_problem
from baton.web.models.base import Answer


class Note(Answer):
    """What was changed, is left to do, or runs differently."""

    kind: convert.NoteKind
    element: str | None
    line: int | None = Field(description="in the file as it was given")
    message: str


class Topic(Answer):
    """Work for a worker."""

    name: str
    elements: list[str]
    inputs: list[str]
    result: str | None = Field(description="the variable to complete with")
    origin: dict[str, str] = Field(description="what did the work before, such as the class or the script")


class Stubs(Answer):
    """Workers to fill in."""

    name: str
    content: str


class Conversion(Answer):
    """The converted file and the report."""

    bpmn: str
    dialect: str = Field(description="the engine that the file was written for")
    changed: bool
    runs: bool = Field(description="whether Baton would deploy the file")
    notes: list[Note]
    topics: list[Topic]
    problems: list[Problem]
    stubs: Stubs | None


def show_conversion(found: convert.Conversion, language: str | None) -> Conversion:
    name, content = convert.write_stubs(found.topics, language) if language else ("", "")
    return Conversion(
        bpmn=found.content.decode("utf-8", "replace"),
        dialect=found.dialect,
        changed=found.is_changed,
        runs=found.runs,
        notes=[Note(kind=n.kind, element=n.element, line=n.line, message=n.message) for n in found.notes],
        topics=[_show_topic(topic) for topic in found.topics],
        problems=[show_problem(problem) for problem in found.problems],
        stubs=Stubs(name=name, content=content) if language else None,
    )


def _show_topic(topic: convert.Topic) -> Topic:
    return Topic(
        name=topic.name,
        elements=list(topic.elements),
        inputs=list(topic.inputs),
        result=topic.result,
        origin=dict(topic.origin),
    )
