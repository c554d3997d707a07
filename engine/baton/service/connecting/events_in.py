"""Events from outside: by the deployed mappings they become messages, or start instances, once for each mapping."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from baton.expression import ExpressionError
from baton.model.errors import BadRequest, Overloaded, Rejected
from baton.service.connecting.dead_letters import IN, DeadLetters
from baton.service.deployments.event_mappings import EventMapping, EventMappings, evaluate
from baton.service.deployments.library import DefinitionLibrary
from baton.service.messaging.messages import MessageQuery, Messages
from baton.service.starts import Starts

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
    ) -> None:
        self._mappings, self._library, self._messages = mappings, library, messages
        self._starts, self._letters = starts, letters

    def take(self, event: Mapping[str, Any], place: str) -> TakenEvent:
        """``place``: where it came from. A repeat, with the same source and id, has no second effect.

        Raises BadRequest for what is no CloudEvent, Overloaded when it is to be offered again.
        """
        check_event(event)
        try:
            return self._take(event)
        except Overloaded:
            raise
        except (Rejected, ExpressionError) as error:
            log.warning("dead letter", action="event.dead_letter", place=place, reason=str(error))
            letter = self._letters.add(IN, place, dict(event), str(error))
            return TakenEvent(id=event["id"], source=event["source"], dead_letter=letter)

    def _take(self, event: Mapping[str, Any]) -> TakenEvent:
        """Raises Rejected, ExpressionError."""
        mappings = [mapping for mapping in self._mappings.list() if mapping.matches(event)]
        if not mappings:
            raise BadRequest(f"Expected a mapping for events '{event['type']}' of '{event['source']}', but found none")
        reached = [id_ for mapping in mappings for id_ in self._apply(mapping, event)]
        return TakenEvent(id=event["id"], source=event["source"], instances=tuple(reached))

    def _apply(self, mapping: EventMapping, event: Mapping[str, Any]) -> list[str]:
        """The instances that it reached or started."""
        name = "\0".join((event["source"], event["id"], mapping.name, mapping.tenant_id or ""))
        once = f"event-{hashlib.sha256(name.encode()).hexdigest()[:40]}"
        variables = evaluate(mapping.variables, event)
        key = None if mapping.business_key is None else evaluate({"key": mapping.business_key}, event)["key"]
        if key is not None and not isinstance(key, str):
            key = str(key)
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

    def take_again(self, letter_id: str) -> None:
        """A dead letter that came in; if it fits now, it is gone. Raises NotFound, Overloaded."""
        letter = self._letters.get(letter_id)
        try:
            self._take(letter.event)
        except Overloaded:
            raise
        except (Rejected, ExpressionError) as error:
            self._letters.note_failure(letter_id, str(error))
        else:
            self._letters.drop(letter_id)


def check_event(event: Mapping[str, Any]) -> None:
    """Raises BadRequest for what is no CloudEvent 1.0."""
    if event.get("specversion") != "1.0":
        raise BadRequest(f"Expected an event with specversion '1.0', but found {event.get('specversion')!r}")
    for name in ("id", "source", "type"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise BadRequest(f"Expected an event with a text as '{name}', but found {event.get(name)!r}")
    if "data_base64" in event:
        raise BadRequest("Expected an event with JSON as data, but found data_base64")
