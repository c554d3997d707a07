"""The signs in events and gateways (BPMN 2.0.2, clauses 10.5.1 and 10.6.1), drawn as lines: a font may not have them.

Each is a path around its middle, at most 18 units wide and high.
"""

from __future__ import annotations

from collections.abc import Mapping

_CROSS = "M-6-4-4-6 0-2 4-6 6-4 2 0 6 4 4 6 0 2-4 6-6 4-2 0z"


def _draw_circle(radius: float) -> str:
    return f"M{-radius:g} 0a{radius:g} {radius:g} 0 1 0 {2 * radius:g} 0a{radius:g} {radius:g} 0 1 0 {-2 * radius:g} 0z"


GATEWAYS: Mapping[str, str] = {
    "exclusiveGateway": _CROSS,
    "parallelGateway": "M-8-1.2h6.8v-6.8h2.4v6.8h6.8v2.4h-6.8v6.8h-2.4v-6.8h-6.8z",
    "inclusiveGateway": _draw_circle(8),
    "complexGateway": "M0-8V8M-8 0H8M-5.5-5.5 5.5 5.5M5.5-5.5-5.5 5.5",
    "eventBasedGateway": f"{_draw_circle(9)}{_draw_circle(7)}M0-4.5 4.3-1.4 2.6 3.6-2.6 3.6-4.3-1.4z",
}
EVENTS: Mapping[str, str] = {
    "timerEventDefinition": f"{_draw_circle(8)}M0-5V0L3.5 2M0-8v1.5M8 0h-1.5M0 8v-1.5M-8 0h1.5",
    "messageEventDefinition": "M-8-5.5H8V5.5H-8zL0 1 8-5.5",
    "errorEventDefinition": "M-7 7-3-5.5 1.5 1.5 7-7 3 5.5-1.5-1.5z",
    "escalationEventDefinition": "M0-8 6 7 0 1-6 7z",
    "signalEventDefinition": "M0-8 8 5.5H-8z",
    "compensateEventDefinition": "M-8 0-.5-5.5V5.5zM-.5 0 7-5.5V5.5z",
    "conditionalEventDefinition": "M-6-7.5H6V7.5H-6zM-3.5-4H3.5M-3.5 0H3.5M-3.5 4H3.5",
    "linkEventDefinition": "M-8-3H1V-7L8 0 1 7V3H-8z",
    "terminateEventDefinition": _draw_circle(8),
    "cancelEventDefinition": _CROSS,
}
_THROWN = {"intermediateThrowEvent", "endEvent"}
_FILLED_GATEWAYS = {"exclusiveGateway", "parallelGateway"}


def draw_sign(path: str, x: float, y: float, element: str) -> str:
    """The sign of an element at its middle, filled where the element throws (clause 10.5.1); nothing without a path."""
    if not path:
        return ""
    filled = " filled" if element in _THROWN or element in _FILLED_GATEWAYS else ""
    return f'<path class="sign{filled}" transform="translate({x:g} {y:g})" d="{path}"/>'
