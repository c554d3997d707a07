"""One flow node: its element with all dialects merged into the attributes of ``Node``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from baton.bpmn.element import Element
from baton.bpmn.lowering import calls, data, expressions, loops, mappings, work
from baton.bpmn.lowering.events import Events
from baton.bpmn.names import BATON, CAMUNDA, FALSE, TRUE, ZEEBE
from baton.model.definition import Node
from baton.model.elements import TRAITS, Join, NodeKind, Split, Traits, Work

KINDS = {kind.value: kind for kind in NodeKind}
READ_ONLY = "baton:readOnly"


@dataclass(frozen=True)
class Context:
    """What reading a node needs to know of the rest of the file. ``lanes``: node id -> lane name."""

    ids: dict[str, Element]
    events: Events
    names: data.Names
    lanes: dict[str, str]
    handlers: dict[str, str]
    """Compensation boundary event id -> handler id."""
    words: frozenset[str]
    """The names of all elements and attributes of the file."""


class Source(NamedTuple):
    """What a part of a node is read from."""

    element: Element
    traits: Traits
    context: Context


def get_kind(element: Element) -> NodeKind | None:
    """The kind of a flow node; None for anything else."""
    if element.is_bpmn("subProcess") and element.get("triggeredByEvent") in TRUE:
        return NodeKind.EVENT_SUB_PROCESS
    return KINDS.get(element.name) if element.is_bpmn(*KINDS) and element.name != "eventSubProcess" else None


def read_node(element: Element, node_id: str, scope: str, context: Context) -> Node:
    kind = get_kind(element)
    assert kind is not None
    traits = TRAITS[kind]
    fields = _read_common(element, traits, context)
    if traits.is_event:
        fields |= _read_event(element, traits, context)
    elif traits.is_activity:
        fields |= _read_activity(element)
        fields |= _read_work(element, traits.work, context)
    else:
        fields |= _read_gateway(element, traits)
    for words, read_part in PARTS.items():
        if not context.words.isdisjoint(words):
            fields |= read_part(Source(element, traits, context))
    return Node(id=node_id, kind=kind, scope=scope, **fields)


def make_observed(node: Node) -> Node:
    """The task without what would be done for it: it is done elsewhere."""
    return replace(
        node,
        observed=True,
        external=None,
        user=None,
        form=None,
        script=None,
        call=None,
        result=None,
        result_variable=None,
        events=(),
        instantiate=False,
    )


def _read_common(element: Element, traits: Traits, context: Context) -> dict[str, Any]:
    documentation = element.find("documentation")
    return {
        "name": element.get("name"),
        "documentation": documentation.text.strip() or None if documentation is not None else None,
        "line": element.line,
        "lane": context.lanes.get(element.id or ""),
        "default": element.get_ref("default"),
        "async_before": _is_async(element),
        "async_after": element.get_extension(CAMUNDA, "asyncAfter") in TRUE,
        "exclusive": element.get_extension(CAMUNDA, "exclusive") not in FALSE,
        "job_priority": work.read_inherited(element, "jobPriority"),
        "job_retries": work.read_retries(element),
        "interrupting": element.get("cancelActivity" if traits.is_boundary else "isInterrupting") not in FALSE,
    }


def _is_async(element: Element) -> bool:
    return element.get_extension(CAMUNDA, "asyncBefore") in TRUE or element.get_extension(CAMUNDA, "async") in TRUE


def _read_event(element: Element, traits: Traits, context: Context) -> dict[str, Any]:
    return {
        "events": context.events.read_all(element),
        "parallel_multiple": element.get("parallelMultiple") in TRUE,
        "attached_to": element.get_ref("attachedToRef") if traits.is_boundary else None,
        "handler": context.handlers.get(element.id or ""),
        "initiator": element.get_extension(CAMUNDA, "initiator"),
        "external": work.read_external_work(element),
    }


def _read_activity(element: Element) -> dict[str, Any]:
    return {
        "for_compensation": element.get("isForCompensation") in TRUE,
        "start_quantity": _parse_number(element.get("startQuantity")),
        "completion_quantity": _parse_number(element.get("completionQuantity")),
    }


def _parse_number(text: str | None) -> int:
    try:
        return int(text) if text else 1
    except ValueError:
        return 1


def _read_work(element: Element, kind: Work, context: Context) -> dict[str, Any]:
    result = element.get_extension(CAMUNDA, "resultVariable")
    if result is None and "serviceTaskOperator" in context.words:
        result = work.read_operator_result(element)
    fields: dict[str, Any] = {
        "external": work.read_external_work(element),
        "result_variable": result,
        "instantiate": element.get("instantiate") in TRUE,
    }
    if kind is Work.USER:
        fields["user"] = work.read_user_work(element)
    if kind in (Work.MESSAGE_OUT, Work.MESSAGE_IN):
        fields["events"] = context.events.read_message(element)
    if kind is Work.PROCESS:
        fields["call"] = calls.read_called_process(element)
    if kind is Work.DECISION:
        fields["call"] = calls.read_called_decision(element)
    return fields | _read_inline_work(element, kind)


def _read_inline_work(element: Element, kind: Work) -> dict[str, Any]:
    """What a task evaluates itself: a script or an expression."""
    zeebe = element.find_extension(ZEEBE, "script")
    if kind is Work.SCRIPT and zeebe is not None:
        script = expressions.make_script((zeebe.get("expression") or "").removeprefix("="), "feel", zeebe.line)
        return {"script": script, "result_variable": zeebe.get("resultVariable")}
    if kind is Work.SCRIPT:
        holder = element.find("script")
        text, line = (holder.text, holder.line) if holder is not None else ("", element.line)
        return {"script": expressions.make_script(text, element.get("scriptFormat"), line)}
    return {"result": expressions.to_expression(element.get_extension(CAMUNDA, "expression"), element.line)}


def _read_gateway(element: Element, traits: Traits) -> dict[str, Any]:
    if traits.split is Split.FIRST_EVENT:
        given = element.get("eventGatewayType")
        gateway_type = "Parallel" if given == "Parallel" else "Exclusive"
        return {"instantiate": element.get("instantiate") in TRUE, "gateway_type": gateway_type}
    if traits.join is Join.ACTIVATION:
        return {"activation": expressions.read_expression(element.find("activationCondition"))}
    return {}


# -- parts that few nodes have


def _read_mappings(source: Source) -> dict[str, Any]:
    inputs, outputs = mappings.read_mappings(source.element)
    zeebe = source.element.find_extension(ZEEBE, "ioMapping")
    return {"inputs": inputs, "outputs": outputs, "propagate_outputs": zeebe is None or not outputs}


def _read_properties(source: Source) -> dict[str, Any]:
    properties = work.read_properties(source.element)
    read_only = properties.get(READ_ONLY) == "true" or source.element.get_extension(BATON, "readOnly") in TRUE
    return {"properties": properties, "read_only": read_only}


def _read_listeners(source: Source) -> dict[str, Any]:
    return {"listeners": work.read_listeners(source.element)}


def _read_data(source: Source) -> dict[str, Any]:
    return {
        "data": data.read_items(source.element, source.context.names),
        "input_data": data.read_associations(source.element, "dataInputAssociation", source.context.names),
        "output_data": data.read_associations(source.element, "dataOutputAssociation", source.context.names),
    }


def _read_scripts_around(source: Source) -> dict[str, Any]:
    return {
        "pre_script": work.read_script_around(source.element, "preScript"),
        "post_script": work.read_script_around(source.element, "postScript"),
    }


def _read_form(source: Source) -> dict[str, Any]:
    """A start event or a user task may have one."""
    return {"form": work.read_form(source.element)} if source.traits.has_form else {}


def _read_marker(source: Source) -> dict[str, Any]:
    if not source.traits.is_activity:
        return {}
    marker = source.element.find("multiInstanceLoopCharacteristics")
    return {
        "inner_async_before": marker is not None and _is_async(marker),
        "inner_async_after": marker is not None and marker.get_extension(CAMUNDA, "asyncAfter") in TRUE,
        "loop": loops.read_loop(source.element, source.context.events, source.context.names),
    }


def _read_ad_hoc(source: Source) -> dict[str, Any]:
    if not source.traits.is_activity:
        return {}
    zeebe = source.element.find_extension(ZEEBE, "adHoc")
    condition = expressions.read_expression(source.element.find("completionCondition"))
    if zeebe is not None and condition is None:
        condition = expressions.to_expression(zeebe.get("completionCondition"), zeebe.line)
    active = expressions.to_expression(zeebe.get("activeElementsCollection"), zeebe.line) if zeebe is not None else None
    return {
        "ordering": "Sequential" if source.element.get("ordering") == "Sequential" else "Parallel",
        "completion_condition": condition,
        "cancel_remaining": source.element.get("cancelRemainingInstances") not in FALSE,
        "active_elements": active,
    }


PARTS: Mapping[tuple[str, ...], Callable[[Source], dict[str, Any]]] = {
    mappings.MAPPINGS: _read_mappings,
    ("property", "readOnly"): _read_properties,
    work.LISTENERS: _read_listeners,
    (*data.KINDS, "dataInputAssociation", "dataOutputAssociation"): _read_data,
    ("preScript", "postScript"): _read_scripts_around,
    work.FORMS: _read_form,
    loops.MARKERS: _read_marker,
    ("ordering", "completionCondition", "cancelRemainingInstances", "activeElementsCollection"): _read_ad_hoc,
}
"""Names of elements and attributes, and what reads them: a file that has none of them has no such part."""
