"""``camunda:inputOutput`` (also of a connector) and ``zeebe:ioMapping``: variables that go in and out of a scope."""

from __future__ import annotations

from collections.abc import Sequence, Set

from baton.bpmn.element import Element
from baton.bpmn.lowering import connectors, expressions
from baton.bpmn.names import CAMUNDA, SPIFF, ZEEBE
from baton.model.attributes import Dialect, Expression, ListValue, MappingValue, MapValue, VariableMapping

MAPPINGS = ("inputOutput", "ioMapping", "serviceTaskOperator")
"""Elements that hold mappings."""
_EMPTY = Expression("")
Mappings = tuple[VariableMapping, ...]


def read_mappings(element: Element) -> tuple[Mappings, Mappings]:
    """Inputs and outputs, in the order of the file."""
    camunda = connectors.find_holders(element)
    if camunda:
        return _read_inputs(element, camunda), _read_outputs(camunda)
    zeebe = element.find_extension(ZEEBE, "ioMapping")
    if zeebe is not None:
        return _read_targets(zeebe, "input"), _read_targets(zeebe, "output")
    return _read_operator_parameters(element), ()


def _read_operator_parameters(element: Element) -> Mappings:
    """``spiffworkflow:serviceTaskOperator``: each parameter's value is a Python expression."""
    operator = element.find_extension(SPIFF, "serviceTaskOperator")
    holder = operator.find("parameters", SPIFF) if operator is not None else None
    found = holder.find_all("parameter", namespace=SPIFF) if holder is not None else []
    return tuple(
        VariableMapping(p.get("id") or "", expressions.to_expression(p.get("value"), p.line, "python") or _EMPTY)
        for p in found
    )


def _read_inputs(element: Element, holders: Sequence[Element]) -> Mappings:
    """Those of the element, then those of its connector, which sees them."""
    found = [mapping for holder in holders for mapping in _read_parameters(holder, "inputParameter")]
    if not connectors.is_http_call(element):
        return tuple(found)
    silent = not any(mapping.name in ("accept", "retry") for mapping in found)
    if silent and element.find_extension(CAMUNDA, "connector") is not None:
        # As in Camunda 7, the process looks at the status itself, unless it says otherwise.
        found.append(VariableMapping("accept", Expression("any", "literal", element.line)))
    templates = frozenset(connectors.find_templates(element))
    return tuple(_split_texts(mapping, templates) for mapping in found)


def _split_texts(mapping: VariableMapping, templates: Set[str]) -> VariableMapping:
    """Lists of constants and values in place of the texts that are ``templates``."""
    if mapping.name in templates:
        return VariableMapping(mapping.name, _split(mapping.value))
    if not isinstance(mapping.value, MapValue):
        return mapping
    entries = mapping.value.entries
    return VariableMapping(
        mapping.name,
        MapValue(tuple((key, _split(v) if f"{mapping.name}.{key}" in templates else v) for key, v in entries)),
    )


def _split(value: MappingValue) -> MappingValue:
    parts = connectors.split_text(value.text) if isinstance(value, Expression) else None
    if parts is None or not isinstance(value, Expression):
        return value
    dialects: tuple[Dialect, Dialect] = ("literal", "juel")
    return ListValue(tuple(Expression(part, dialects[i % 2], value.line) for i, part in enumerate(parts)))


def _read_outputs(holders: Sequence[Element]) -> Mappings:
    """Those of a connector, then those of the element."""
    return tuple(m for holder in reversed(holders) for m in _read_parameters(holder, "outputParameter"))


def _read_parameters(holder: Element, name: str) -> Mappings:
    found = holder.find_all(name, namespace=CAMUNDA)
    return tuple(VariableMapping(p.get("name") or "", read_parameter_value(p)) for p in found)


def read_parameter_value(holder: Element) -> MappingValue:
    """The value of a parameter, list item or map entry: a text, or one nested element."""
    nested = next((c for c in holder.children if c.namespace == CAMUNDA), None)
    if nested is None:
        return expressions.to_expression(holder.text, holder.line) or Expression("", "literal", holder.line)
    if nested.name == "list":
        return ListValue(tuple(_read_item(child) for child in nested.children))
    if nested.name == "map":
        entries = nested.find_all("entry", namespace=CAMUNDA)
        return MapValue(tuple((entry.get("key") or "", read_parameter_value(entry)) for entry in entries))
    return _read_item(nested)


def _read_item(element: Element) -> MappingValue:
    """``camunda:script``, ``camunda:value``, or a list or map inside a list."""
    if element.name == "script":
        return expressions.make_script(element.text, element.get("scriptFormat"), element.line)
    if element.name in ("list", "map"):
        holder = Element(CAMUNDA, "item", element.line, children=[element])
        return read_parameter_value(holder)
    return expressions.to_expression(element.text, element.line) or Expression("", "literal", element.line)


def _read_targets(holder: Element, name: str) -> Mappings:
    found = holder.find_all(name, namespace=ZEEBE)
    return tuple(
        VariableMapping(
            mapping.get("target") or "",
            expressions.to_expression(mapping.get("source"), mapping.line) or Expression("=null", "feel", mapping.line),
        )
        for mapping in found
    )
