"""A call over HTTP says where to, and what it says of methods and statuses can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse
from baton.bpmn.lowering import connectors
from baton.bpmn.names import CAMUNDA
from baton.expression import detect
from baton.model.http_statuses import parse_error_codes, parse_statuses
from baton.model.problems import Problem

RULE = "http-connector"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_TASKS = ("serviceTask", "sendTask", "businessRuleTask")
_SYNTAX: dict[str, Callable[[str], object]] = {
    "accept": parse_statuses,
    "retry": parse_statuses,
    "errors": parse_error_codes,
}


def check(document: Document) -> Iterator[Problem]:
    for element in document.root.walk():
        if not connectors.is_http_call(element):
            continue
        if not element.is_bpmn(*_TASKS):
            yield refuse(
                RULE,
                element,
                f"Expected an HTTP call at a service, send or business rule task, but found it at {element.label}",
            )
            continue
        inputs = connectors.find_inputs(element)
        if "url" not in inputs:
            yield refuse(
                RULE, element, f"Expected an input parameter 'url' of the HTTP call at {element.label}, but found none"
            )
        for name, parameter in inputs.items():
            yield from _check_constant(name, parameter)


def _check_constant(name: str, parameter: Element) -> Iterator[Problem]:
    """What a constant says; an expression is checked when it is evaluated."""
    text = parameter.text.strip()
    if not text or detect(text, "literal") != "literal" or parameter.find("script", CAMUNDA) is not None:
        return
    if name == "method" and text.upper() not in METHODS:
        wanted = ", ".join(METHODS)
        yield refuse(RULE, parameter, f"Expected the method of an HTTP call to be one of {wanted}, but found '{text}'")
    elif name in _SYNTAX:
        try:
            _SYNTAX[name](text)
        except ValueError as error:
            yield refuse(RULE, parameter, f"{error} in the input parameter '{name}' of an HTTP call")
