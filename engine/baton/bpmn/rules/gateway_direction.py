"""A gateway's stated direction fits its flows (clause 10.6.1)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.schema.types import is_a
from baton.model.problems import Problem

RULE = "gateway-direction"


def check(document: Document) -> Iterator[Problem]:
    """Only where the file states a direction; without one (as most tools write it) anything goes."""
    incoming, outgoing = _count_flows(document)
    for element, kind in document.typed.elements:
        stated = element.get("gatewayDirection") if is_a(kind.name, "gateway") else None
        ins, outs = incoming.get(element.id or "", 0), outgoing.get(element.id or "", 0)
        if stated == "Converging" and kind.name == "eventBasedGateway":
            yield refuse(RULE, element, f"Expected no gatewayDirection 'Converging' at {element.label}: it only splits")
        elif stated and not _fits(stated, ins, outs):
            yield refuse(
                RULE,
                element,
                f"Expected flows that fit gatewayDirection '{stated}' of {element.label}, but found {ins} in, "
                f"{outs} out",
            )


def _fits(stated: str, ins: int, outs: int) -> bool:
    return {
        "Converging": outs <= 1,
        "Diverging": ins <= 1,
        "Mixed": ins > 1 and outs > 1,
    }.get(stated, True)


def _count_flows(document: Document) -> tuple[dict[str, int], dict[str, int]]:
    incoming: dict[str, int] = {}
    outgoing: dict[str, int] = {}
    for element, kind in document.typed.elements:
        if kind.name == "sequenceFlow":
            source, target = element.get_ref("sourceRef") or "", element.get_ref("targetRef") or ""
            outgoing[source] = outgoing.get(source, 0) + 1
            incoming[target] = incoming.get(target, 0) + 1
    return incoming, outgoing
