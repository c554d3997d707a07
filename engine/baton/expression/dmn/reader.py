"""DMN XML to decisions. Never raises for bad input: everything found is a problem."""

from __future__ import annotations

from collections.abc import Mapping

from baton.expression.dmn.document import Refused, parse
from baton.expression.dmn.findings import Findings
from baton.expression.dmn.model import DmnReading
from baton.expression.dmn.models import Library, Model
from baton.model.problems import Problem, Severity


def read_dmn(data: bytes, resource: str = "", beside: Mapping[str, bytes] | None = None) -> DmnReading:
    """The decisions of a file in the order of the document, and the problems found.

    ``beside``: the files that it may import, by name; they are read only if it imports something.
    """
    try:
        root = parse(data)
    except Refused as error:
        problem = Problem(
            rule="not-dmn", severity=Severity.ERROR, message=str(error), line=error.line, resource=resource or None
        )
        return DmnReading((), (problem,))
    findings = Findings(resource or None)
    model = Model(root, findings, Library(beside or {}))
    decisions = model.read_decisions()
    services = model.read_services()
    return DmnReading(
        decisions, tuple(findings.problems), root.get("id"), root.get("name"), services, model.list_files()
    )
