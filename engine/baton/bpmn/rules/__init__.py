"""The rules: one per file, all in two tables. A rule looks at the file (``Document``) or at a `ProcessModel`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from baton.bpmn.document import Document
from baton.bpmn.rules import (
    dangling_reference,
    duplicate_id,
    misplaced_attribute,
    misplaced_element,
    missing_attribute,
    missing_element,
    missing_id,
    no_executable_process,
    too_many_elements,
    unknown_attribute,
    unknown_element,
    wrong_reference,
    wrong_value,
)
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

DocumentRule = Callable[[Document], Iterable[Problem]]
ModelRule = Callable[[ProcessModel], Iterable[Problem]]

DOCUMENT_RULES: tuple[DocumentRule, ...] = (
    no_executable_process.check,
    unknown_element.check,
    misplaced_element.check,
    missing_element.check,
    too_many_elements.check,
    unknown_attribute.check,
    misplaced_attribute.check,
    missing_attribute.check,
    wrong_value.check,
    missing_id.check,
    duplicate_id.check,
    dangling_reference.check,
    wrong_reference.check,
)
MODEL_RULES: tuple[ModelRule, ...] = ()


def check_document(document: Document) -> Iterator[Problem]:
    """The findings of all rules about the file as a whole."""
    for rule in DOCUMENT_RULES:
        yield from rule(document)


def check(model: ProcessModel) -> Iterator[Problem]:
    """The findings of all rules about one process."""
    for rule in MODEL_RULES:
        yield from rule(model)
