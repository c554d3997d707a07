"""The way in: bytes to process models with all problems."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from baton.bpmn.checking import check_document, check_model, report_crash
from baton.bpmn.document import Document, Refused, parse
from baton.bpmn.lowering import global_tasks, processes
from baton.bpmn.script_files import RESOURCE, find_file_names, insert_scripts
from baton.bpmn.value_schemas import WORDS, find_schema_files, insert_schemas
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds. With an error among the ``problems`` nothing of it may be deployed."""

    processes: tuple[ProcessModel, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: frozenset[str] = frozenset()
    """Names of the files beside it that scripts and schemas are taken from."""

    @property
    def ok(self) -> bool:
        return not any(problem.is_error for problem in self.problems)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)


def read(data: bytes, resource: str = "", beside: Mapping[str, bytes] | None = None) -> Reading:
    """Read and check a BPMN 2.0 file. Never raises for bad input: all findings are problems, errors first.

    ``beside``: the files of the same deployment by name, for scripts and schemas that are in files of their own.
    """
    try:
        document = parse(data, resource, beside)
    except Refused as refused:
        return Reading(problems=(replace(refused.problem, resource=resource or None),))
    files = _insert_files(document)
    try:
        models = _lower_all(document)
    except MemoryError:
        raise
    except Exception as exc:
        _LOG.exception("lowering crashed")
        return Reading(problems=_sort_problems([*check_document(document), report_crash("lowering", exc)], resource))
    found = [*check_document(document), *(p for model in models for p in check_model(model, document.words))]
    return Reading(models, _sort_problems(found, resource), files)


def read_checked(
    data: bytes, resource: str = "", beside: Mapping[str, bytes] | None = None
) -> tuple[ProcessModel, ...]:
    """The processes of a file that ``read`` has found to be without errors: no rule checks it again."""
    try:
        document = parse(data, resource, beside)
    except Refused:
        return ()
    _insert_files(document)
    return _lower_all(document)


def _insert_files(document: Document) -> frozenset[str]:
    """Put files of the deployment where the model refers to them; their names."""
    files = frozenset[str]()
    if RESOURCE in document.words:
        files = find_file_names(document)
        insert_scripts(document)
    if not document.words.isdisjoint(WORDS):
        files |= find_schema_files(document)
        insert_schemas(document)
    return files


def _lower_all(document: Document) -> tuple[ProcessModel, ...]:
    found = [processes.lower_process(document, process) for process in processes.find_executable(document.root)]
    if document.words.isdisjoint(global_tasks.TASKS):
        return tuple(found)
    return (*found, *global_tasks.lower_global_tasks(document))


SAID_BETTER = {
    "nothing-to-do": ("java-code", "script-resource"),
    "choice-without-condition": ("empty-expression",),
    "incomplete-event": ("missing-element", "empty-expression", "dangling-reference"),
    "expression-syntax": ("expression-language",),
    "script-language": ("script-resource",),
    "end-without-start": ("subprocess-start",),
    "unreachable-node": ("intermediate-flows", "gateway-without-flows"),
}
"""Rule -> rules that say the same about an element with the cause: only they are shown."""


def _sort_problems(problems: Iterable[Problem], resource: str) -> tuple[Problem, ...]:
    """Errors before warnings, then by line; each finding once."""
    unique = dict.fromkeys(replace(p, resource=resource or None) for p in problems)
    said = {(p.rule, p.element) for p in unique}
    told = [p for p in unique if not any((better, p.element) in said for better in SAID_BETTER.get(p.rule, ()))]
    return tuple(sorted(told, key=lambda p: (not p.is_error, p.line or 0)))
