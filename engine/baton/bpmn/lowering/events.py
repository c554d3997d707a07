"""Event definitions with what they refer to looked up."""

from __future__ import annotations

from typing import Literal

from baton.bpmn.element import Element, split_list
from baton.bpmn.lowering import calls, expressions, work
from baton.bpmn.lowering.links import Links
from baton.bpmn.names import CAMUNDA, FALSE, ZEEBE
from baton.bpmn.schema.types import is_a
from baton.model.attributes import Expression
from baton.model.definition import EventDefinition, EventKind

KINDS = {
    "messageEventDefinition": EventKind.MESSAGE,
    "timerEventDefinition": EventKind.TIMER,
    "signalEventDefinition": EventKind.SIGNAL,
    "errorEventDefinition": EventKind.ERROR,
    "escalationEventDefinition": EventKind.ESCALATION,
    "conditionalEventDefinition": EventKind.CONDITIONAL,
    "linkEventDefinition": EventKind.LINK,
    "terminateEventDefinition": EventKind.TERMINATE,
    "cancelEventDefinition": EventKind.CANCEL,
    "compensateEventDefinition": EventKind.COMPENSATION,
}
TIMERS: dict[str, Literal["date", "duration", "cycle"]] = {
    "timeDate": "date",
    "timeDuration": "duration",
    "timeCycle": "cycle",
}


class Events:
    """Reads event definitions of one document; ``ids`` are its elements by id."""

    def __init__(self, ids: dict[str, Element]) -> None:
        self._ids = ids
        self._links: Links | None = None

    def read_all(self, element: Element) -> tuple[EventDefinition, ...]:
        """The definitions inside an event, then those it refers to (``eventDefinitionRef``)."""
        inline = [child for child in element.children if child.is_bpmn(*KINDS)]
        found = [self.read(child) for child in inline]
        return (*found, *(named for ref in element.get_refs("eventDefinitionRef") if (named := self.read_by_id(ref))))

    def read_by_id(self, ref: str) -> EventDefinition | None:
        element = self._ids.get(ref)
        return self.read(element) if element is not None and element.name in KINDS else None

    def read(self, element: Element) -> EventDefinition:
        kind = KINDS[element.name]
        timer, value = self._read_value(element, kind)
        return EventDefinition(
            kind=kind,
            id=element.id,
            name=self._read_name(element, kind),
            code=self._read_code(element, kind),
            error_message=self._read_message(element) if kind is EventKind.ERROR else None,
            code_variable=element.get_extension(CAMUNDA, f"{kind.value}CodeVariable"),
            message_variable=element.get_extension(CAMUNDA, "errorMessageVariable"),
            timer=timer,
            value=value,
            variable_names=split_list(element.get_extension(CAMUNDA, "variableName")),
            variable_events=split_list(element.get_extension(CAMUNDA, "variableEvents")),
            correlation_key=self._read_correlation(element, kind),
            payload=calls.read_mappings(element, "in"),
            activity_ref=element.get_ref("activityRef") if kind is EventKind.COMPENSATION else None,
            wait_for_completion=element.get("waitForCompletion") not in FALSE,
            external=work.read_external_work(element) if kind is EventKind.MESSAGE else None,
            line=element.line,
        )

    def read_message(self, task: Element) -> tuple[EventDefinition, ...]:
        """A send or receive task's message as an event definition; nothing without ``messageRef``."""
        message = self._ids.get(task.get_ref("messageRef") or "")
        if message is None or not is_a(message.name, "message"):
            return ()
        return (
            EventDefinition(
                kind=EventKind.MESSAGE,
                name=_read_reference_name(message),
                correlation_key=_read_subscription(message),
                line=task.line,
            ),
        )

    def _find_target(self, element: Element, kind: EventKind) -> Element | None:
        found = self._ids.get(element.get_ref(f"{kind.value}Ref") or "")
        return found if found is not None and found.name == kind.value else None

    def _read_name(self, element: Element, kind: EventKind) -> Expression | None:
        if kind is EventKind.LINK:
            self._links = self._links or Links(self._ids)
            return expressions.to_expression(self._links.get_name(element), element.line)
        target = self._find_target(element, kind)
        return _read_reference_name(target) if target is not None else None

    def _read_code(self, element: Element, kind: EventKind) -> Expression | None:
        target = self._find_target(element, kind) if kind in (EventKind.ERROR, EventKind.ESCALATION) else None
        reference = element.get_ref("errorRef") if kind is EventKind.ERROR else None
        if reference is not None and reference not in self._ids:
            return Expression(reference, "literal", element.line)
        return expressions.to_expression(target.get(f"{kind.value}Code"), target.line) if target is not None else None

    def _read_message(self, element: Element) -> Expression | None:
        target = self._find_target(element, EventKind.ERROR)
        return (
            expressions.to_expression(target.get_extension(CAMUNDA, "errorMessage"), target.line)
            if target is not None
            else None
        )

    def _read_correlation(self, element: Element, kind: EventKind) -> Expression | None:
        target = self._find_target(element, kind) if kind is EventKind.MESSAGE else None
        return _read_subscription(target) if target is not None else None

    def _read_value(
        self, element: Element, kind: EventKind
    ) -> tuple[Literal["date", "duration", "cycle"] | None, Expression | None]:
        if kind is EventKind.CONDITIONAL:
            return None, expressions.read_expression(element.find("condition"))
        for name, timer in TIMERS.items() if kind is EventKind.TIMER else ():
            found = element.find(name)
            if found is not None:
                # SpiffWorkflow writes a duration as a Python text in quotes.
                plain = "python" if found.text.strip()[:1] in ("'", '"') else "literal"
                value = expressions.read_expression(found, plain)
                return ("duration" if _is_duration(timer, value) else timer), value
        return None, None


def _read_reference_name(element: Element) -> Expression | None:
    """The name, or the id where the file gives no name: it is what both sides refer to."""
    return expressions.to_expression(element.get("name") or element.id, element.line)


def _read_subscription(message: Element) -> Expression | None:
    zeebe = message.find_extension(ZEEBE, "subscription")
    return expressions.to_expression(zeebe.get("correlationKey"), zeebe.line) if zeebe is not None else None


def _is_duration(timer: str, value: Expression | None) -> bool:
    """Camunda 7 takes a duration for a date too: counted from now."""
    return timer == "date" and value is not None and value.dialect == "literal" and value.text.startswith("P")
