"""``camunda:connector``: its inputs and outputs, and which of its texts are encoded for the place where they go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from baton.bpmn.element import Element
from baton.bpmn.lowering import expressions
from baton.bpmn.names import CAMUNDA
from baton.expression import ExpressionError
from baton.expression.juel import split

HTTP = "http-connector"
"""The connector that comes with Baton, and the topic of its tasks."""
TEMPLATES = "baton:templates"
"""Header of the work: the inputs, as a JSON list, that are lists of constants and values in place of texts."""
_TEXTS = ("url", "payload", "headers", "query")
_MAPS = ("headers", "query")
_SECRET = re.compile(r"[$#]\{\s*secrets\.\w+\s*\}")


def is_http_call(element: Element) -> bool:
    """Whether the HTTP connector does the work: as connector, or by its topic."""
    connector = element.find_extension(CAMUNDA, "connector")
    named = connector.find("connectorId", CAMUNDA) if connector is not None else None
    if named is not None and named.text.strip() == HTTP:
        return True
    return element.get_extension(CAMUNDA, "type") == "external" and element.get_extension(CAMUNDA, "topic") == HTTP


def find_holders(element: Element) -> list[Element]:
    """The ``camunda:inputOutput`` of the element, and behind it that of its connector."""
    connector = element.find_extension(CAMUNDA, "connector")
    own = element.find_extension(CAMUNDA, "inputOutput")
    inner = connector.find("inputOutput", CAMUNDA) if connector is not None else None
    return [holder for holder in (own, inner) if holder is not None]


def find_inputs(element: Element) -> dict[str, Element]:
    """The input parameters by name; those of the connector count where both have one."""
    found = [p for holder in find_holders(element) for p in holder.find_all("inputParameter", namespace=CAMUNDA)]
    return {parameter.get("name") or "": parameter for parameter in found}


def find_templates(element: Element) -> tuple[str, ...]:
    """The inputs of an HTTP call that mix constants and expressions: ``url``, ``headers.X-Order``."""
    inputs = find_inputs(element)
    return tuple(
        path
        for name in _TEXTS
        if name in inputs
        for path, holder in _iterate_texts(name, inputs[name])
        if split_text(holder.text) is not None
    )


def _iterate_texts(name: str, parameter: Element) -> Iterator[tuple[str, Element]]:
    nested = parameter.find("map", CAMUNDA)
    if nested is None:
        yield name, parameter
    elif name in _MAPS:
        for entry in nested.find_all("entry", namespace=CAMUNDA):
            yield f"{name}.{entry.get('key') or ''}", entry


def split_text(text: str) -> list[str] | None:
    """Constants with an expression between each two; None for one constant, one expression, or what cannot be read.

    A secret is part of the constants: so that the connector can tell what the model names from what a variable holds.
    """
    found = expressions.to_expression(text, 0)
    if found is None or found.dialect != "juel":
        return None
    try:
        parts = split(found.text)
    except ExpressionError:  # a finding of the rules
        return None
    merged = _merge_secrets(parts)
    return merged if len(merged) != 3 or merged[0] or merged[-1] else None


def _merge_secrets(parts: list[str]) -> list[str]:
    found = [parts[0]]
    for expression, constant in zip(parts[1::2], parts[2::2], strict=True):
        if _SECRET.fullmatch(expression):
            found[-1] += expression + constant
        else:
            found += [expression, constant]
    return found
