"""Events from outside: by the deployed mappings they become messages, start instances, or say what was done elsewhere.

Each has its effect once for each mapping.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from baton.expression import Compiled, ExpressionError
from baton.model.commands import ObserveActivity
from baton.model.errors import BadRequest, Rejected
from baton.model.traces import read_traceparent
from baton.model.values import Value
from baton.service.connecting.dead_letters import IN, DeadLetters
from baton.service.core.acting import act_within
from baton.service.deployments.event_mappings import EventMapping, EventMappings, evaluate
from baton.service.deployments.library import DefinitionLibrary
from baton.service.messaging.messages import MessageQuery, Messages
from baton.service.starts import Starts
from baton.service.turns.mailbox import Mailbox
from baton.store.store import Store

log = structlog.get_logger("baton.events")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenEvent:
    """``instances``: those that the event reached or started. ``dead_letter``: its id, if the event fits nothing."""

    id: str
    source: str
    instances: tuple[str, ...] = ()
    dead_letter: str | None = None


class EventTaker:
    def __init__(
        self,
        mappings: EventMappings,
        library: DefinitionLibrary,
        messages: Messages,
        starts: Starts,
        letters: DeadLetters,
        mailbox: Mailbox,
        store: Store,
    ) -> None:
        self._mailbox, self._store = mailbox, store
        self._mappings, self._library, self._messages = mappings, library, messages
        self._starts, self._letters = starts, letters

    def take(self, event: Mapping[str, Any], place: str) -> TakenEvent:
        """``place``: where it came from. A repeat, with the same source and id, has no second effect.

        Raises BadRequest for what is no CloudEvent, Overloaded when it is to be offered again.
        """
        check_event(event)
        try:
            with act_within(read_traceparent(event.get("traceparent"))):
                return self._take(event)
        except (Rejected, ExpressionError) as error:
            log.warning("dead letter", action="event.dead_letter", place=place, reason=str(error))
            letter = self._letters.add(IN, place, dict(event), str(error))
            return TakenEvent(id=event["id"], source=event["source"], dead_letter=letter)

    def _take(self, event: Mapping[str, Any]) -> TakenEvent:
        """Raises Rejected, ExpressionError."""
        mappings = [mapping for mapping in self._mappings.list() if mapping.matches(event)]
        if not mappings:
            raise BadRequest(f"Expected a mapping for events '{event['type']}' of '{event['source']}', but found none")
        reached = [id_ for mapping in mappings if not mapping.ignored for id_ in self._apply(mapping, event)]
        return TakenEvent(id=event["id"], source=event["source"], instances=tuple(reached))

    def _apply(self, mapping: EventMapping, event: Mapping[str, Any]) -> list[str]:
        """The instances that it reached or started."""
        name = "\0".join((event["source"], event["id"], mapping.name, mapping.tenant_id or ""))
        once = f"event-{hashlib.sha256(name.encode()).hexdigest()[:40]}"
        variables = evaluate(mapping.variables, event)
        key = _evaluate_text(mapping.business_key, event)
        if mapping.observe is not None:
            return [self._observe(mapping.observe, mapping, event, key, variables, once)]
        if mapping.start is not None:
            definition = self._library.get_latest(mapping.start, mapping.tenant_id)
            started = self._starts.start(definition.id, business_key=key, variables=variables, command_id=once)
            return [started.id]
        query = MessageQuery(
            name=mapping.message or "",
            business_key=key,
            correlation_keys=evaluate(mapping.correlation_keys, event),
            variables=variables,
            tenant_id=mapping.tenant_id,
            message_id=once,
        )
        return [found.header.id for found in self._messages.correlate(query)]

    def _observe(
        self,
        process: str,
        mapping: EventMapping,
        event: Mapping[str, Any],
        key: str | None,
        variables: Mapping[str, Value],
        once: str,
    ) -> str:
        """Tell the one instance of the process with that business key; the first event about it begins it."""
        if not key:
            raise BadRequest(f"Expected a business key in event '{event['type']}', but '{mapping.name}' finds none")
        command = ObserveActivity(
            event_id=event["id"],
            event_type=event["type"],
            element=mapping.element,
            happened=mapping.happened,
            variables=variables,
            error_code=_evaluate_text(mapping.error_code, event),
            message=_evaluate_text(mapping.error_message, event),
        )
        instance_id = self._find_observed(process, key, mapping.tenant_id)
        self._mailbox.submit(instance_id, command, command_id=once)
        return instance_id

    def _find_observed(self, process: str, key: str, tenant_id: str | None) -> str:
        """Also one that has ended; two events that come together begin the same one."""
        headers = self._store.lists.get_headers(self._store.lists.find_by_business_key(key))
        for header in headers:
            if (header.definition_key, header.tenant_id) == (process, tenant_id):
                return header.id
        name = "\0".join((tenant_id or "", process, key))
        once = f"observed-{hashlib.sha256(name.encode()).hexdigest()[:40]}"
        definition = self._library.get_latest(process, tenant_id)
        return self._starts.start(definition.id, business_key=key, command_id=once).id

    def take_again(self, letter_id: str) -> None:
        """A dead letter that came in; if it fits now, it is gone. Raises NotFound, Overloaded."""
        letter = self._letters.get(letter_id)
        try:
            with act_within(read_traceparent(letter.event.get("traceparent"))):
                self._take(letter.event)
        except (Rejected, ExpressionError) as error:
            self._letters.note_failure(letter_id, str(error))
        else:
            self._letters.drop(letter_id)


def _evaluate_text(expression: Compiled | None, event: Mapping[str, Any]) -> str | None:
    """Raises ExpressionError."""
    found = None if expression is None else evaluate({"text": expression}, event)["text"]
    return found if found is None or isinstance(found, str) else str(found)


def check_event(event: Mapping[str, Any]) -> None:
    """Raises BadRequest for what is no CloudEvent 1.0."""
    if event.get("specversion") != "1.0":
        raise BadRequest(f"Expected an event with specversion '1.0', but found {event.get('specversion')!r}")
    for name in ("id", "source", "type"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise BadRequest(f"Expected an event with a text as '{name}', but found {event.get(name)!r}")
    if "data_base64" in event:
        raise BadRequest("Expected an event with JSON as data, but found data_base64")
