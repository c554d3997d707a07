"""A timeout that is written out can be read, and a worker is there whose attempts it limits."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse, warn
from baton.bpmn.lowering.work import read_external_work, read_timeout
from baton.bpmn.schema.extensions import TIMED
from baton.expression import ExpressionError
from baton.expression.timing import parse_duration
from baton.model.attributes import Expression
from baton.model.problems import Problem

RULE = "timeout-syntax"


def check(document: Document) -> Iterator[Problem]:
    for element in document.root.walk():
        timeout = read_timeout(element) if element.is_bpmn(*TIMED) else None
        if timeout is not None:
            yield from _check(element, timeout)


def _check(element: Element, timeout: Expression) -> Iterator[Problem]:
    mistake = _find_mistake(timeout)
    if mistake:
        yield refuse(RULE, element, f"Expected a timeout at {element.label}, but found: {mistake}")
    if read_external_work(element) is None:
        yield warn(
            RULE,
            element,
            f"Expected a topic beside the timeout of {element.label}, but found none: no worker does it, "
            "so that nothing is limited",
        )


def _find_mistake(given: Expression) -> str | None:
    if given.dialect != "literal":
        return None
    try:
        positive = parse_duration(given.text).is_positive
    except ExpressionError as exc:
        return str(exc)
    return None if positive else f"'{given.text}', which is not a time at all"
