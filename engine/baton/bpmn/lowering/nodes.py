"""One flow node: its element with all dialects merged into the attributes of ``Node``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from baton.bpmn.element import Element
from baton.bpmn.lowering import calls, data, expressions, loops, mappings, work
from baton.bpmn.lowering.events import Events
from baton.bpmn.names import BATON, CAMUNDA, ZEEBE
from baton.model.attributes import Expression
from baton.model.definition import Node
from baton.model.elements import TRAITS, Join, NodeKind, Split, Traits, Work

KINDS = {kind.value: kind for kind in NodeKind}
READ_ONLY = "baton:readOnly"
TRUE = ("true", "1")


@dataclass(frozen=True)
class Context:
    """What reading a node needs to know of the rest of the file. ``lanes``: node id -> lane name."""

    ids: dict[str, Element]
    events: Events
    names: data.Names
    lanes: dict[str, str]
    handlers: dict[str, str]
    """Compensation boundary event id -> handler id."""


def kind_of(element: Element) -> NodeKind | None:
    """The kind of a flow node; None for anything else."""
    if element.is_bpmn("subProcess") and element.get("triggeredByEvent") in TRUE:
        return NodeKind.EVENT_SUB_PROCESS
    return KINDS.get(element.name) if element.is_bpmn(*KINDS) and element.name != "eventSubProcess" else None


def of(element: Element, node_id: str, scope: str, context: Context) -> Node:
    kind = kind_of(element)
    assert kind is not None
    traits = TRAITS[kind]
    fields = _common(element, traits, context)
    if traits.is_event:
        fields |= _event(element, traits, context)
    elif traits.is_activity:
        fields |= _activity(element, context)
        fields |= _work(element, traits.work, context)
    else:
        fields |= _gateway(element, traits)
    return Node(id=node_id, kind=kind, scope=scope, **fields)


def _common(element: Element, traits: Traits, context: Context) -> dict[str, Any]:
    inputs, outputs = mappings.of(element)
    documentation = element.first("documentation")
    zeebe = element.extension(ZEEBE, "ioMapping")
    properties = work.properties(element)
    return {
        "name": element.get("name"),
        "documentation": documentation.text.strip() or None if documentation is not None else None,
        "line": element.line,
        "lane": context.lanes.get(element.id or ""),
        "default": element.ref("default"),
        "inputs": inputs,
        "outputs": outputs,
        "propagate_outputs": zeebe is None or not outputs,
        "async_before": _is_async(element),
        "async_after": element.ext(CAMUNDA, "asyncAfter") in TRUE,
        "exclusive": element.ext(CAMUNDA, "exclusive") not in ("false", "0"),
        "job_priority": work.inherited(element, "jobPriority"),
        "job_retries": work.retries(element),
        "listeners": work.listeners(element),
        "properties": properties,
        "read_only": _read_only(element, properties),
        "data": data.items(element, context.names),
        "input_data": data.associations(element, "dataInputAssociation", context.names),
        "output_data": data.associations(element, "dataOutputAssociation", context.names),
        "pre_script": work.around(element, "preScript"),
        "post_script": work.around(element, "postScript"),
        "interrupting": element.get("cancelActivity" if traits.is_boundary else "isInterrupting") not in ("false", "0"),
    }


def _is_async(element: Element) -> bool:
    return element.ext(CAMUNDA, "asyncBefore") in TRUE or element.ext(CAMUNDA, "async") in TRUE


def _read_only(element: Element, properties: dict[str, str]) -> bool:
    return properties.get(READ_ONLY) == "true" or element.ext(BATON, "readOnly") in TRUE


def _event(element: Element, traits: Traits, context: Context) -> dict[str, Any]:
    return {
        "events": context.events.of(element),
        "parallel_multiple": element.get("parallelMultiple") in TRUE,
        "attached_to": element.ref("attachedToRef") if traits.is_boundary else None,
        "handler": context.handlers.get(element.id or ""),
        "initiator": element.ext(CAMUNDA, "initiator"),
        "external": work.external(element),
        "form": work.form(element) if traits.has_form else None,
    }


def _activity(element: Element, context: Context) -> dict[str, Any]:
    marker = element.first("multiInstanceLoopCharacteristics")
    return {
        "inner_async_before": marker is not None and _is_async(marker),
        "inner_async_after": marker is not None and marker.ext(CAMUNDA, "asyncAfter") in TRUE,
        "loop": loops.of(element, context.events, context.names),
        "for_compensation": element.get("isForCompensation") in TRUE,
        "start_quantity": _number(element.get("startQuantity")),
        "completion_quantity": _number(element.get("completionQuantity")),
        "ordering": _ordering(element),
        "completion_condition": expressions.of_element(element.first("completionCondition"))
        or _ad_hoc(element, "completionCondition"),
        "cancel_remaining": element.get("cancelRemainingInstances") not in ("false", "0"),
        "active_elements": _ad_hoc(element, "activeElementsCollection"),
    }


def _ad_hoc(element: Element, name: str) -> Expression | None:
    zeebe = element.extension(ZEEBE, "adHoc")
    return expressions.value(zeebe.get(name), zeebe.line) if zeebe is not None else None


def _ordering(element: Element) -> Literal["Parallel", "Sequential"]:
    return "Sequential" if element.get("ordering") == "Sequential" else "Parallel"


def _number(text: str | None) -> int:
    try:
        return int(text) if text else 1
    except ValueError:
        return 1


def _work(element: Element, kind: Work, context: Context) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "external": work.external(element),
        "result_variable": element.ext(CAMUNDA, "resultVariable") or work.operator_result(element),
        "instantiate": element.get("instantiate") in TRUE,
    }
    if kind is Work.USER:
        fields |= {"user": work.user(element), "form": work.form(element)}
    if kind in (Work.MESSAGE_OUT, Work.MESSAGE_IN):
        fields["events"] = context.events.message_of(element)
    if kind is Work.PROCESS:
        fields["call"] = calls.process(element)
    if kind is Work.DECISION:
        fields["call"] = calls.decision(element)
    return fields | _in_place(element, kind)


def _in_place(element: Element, kind: Work) -> dict[str, Any]:
    """What a task evaluates itself: a script or an expression."""
    zeebe = element.extension(ZEEBE, "script")
    if kind is Work.SCRIPT and zeebe is not None:
        script = expressions.script((zeebe.get("expression") or "").removeprefix("="), "feel", zeebe.line)
        return {"script": script, "result_variable": zeebe.get("resultVariable")}
    if kind is Work.SCRIPT:
        holder = element.first("script")
        text, line = (holder.text, holder.line) if holder is not None else ("", element.line)
        return {"script": expressions.script(text, element.get("scriptFormat"), line)}
    return {"result": expressions.value(element.ext(CAMUNDA, "expression"), element.line)}


def _gateway(element: Element, traits: Traits) -> dict[str, Any]:
    if traits.split is Split.FIRST_EVENT:
        given = element.get("eventGatewayType")
        gateway_type = "Parallel" if given == "Parallel" else "Exclusive"
        return {"instantiate": element.get("instantiate") in TRUE, "gateway_type": gateway_type}
    if traits.join is Join.ACTIVATION:
        return {"activation": expressions.of_element(element.first("activationCondition"))}
    return {}
