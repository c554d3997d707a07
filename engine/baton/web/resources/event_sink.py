"""``/event-sink``: where events are sent, how far that is; ``/dead-letter``: those that could not be. Only in Baton."""

from __future__ import annotations

from baton.service import DeadLetter
from baton.web.answers.asyncapi import AsyncApi, describe_contracts
from baton.web.answers.common import Count
from baton.web.answers.connecting import EventSink, EventSource, ShownDeadLetter, ShownTakenEvent
from baton.web.context import RequestContext
from baton.web.models.connecting import ChangeDeadLetter, DeadLetterFilters, DeadLetterPage, GivenEvent, read_event
from baton.web.routes.group import Group
from baton.web.times import format_date

GROUP = Group(
    "Event sink", "Where events are sent, and events that could not be sent or taken", resource="event", whole=True
)


@GROUP.get("/event-sink", "The sinks of events, and how far each is", baton_extension=True)
def list_sinks(context: RequestContext) -> list[EventSink]:
    return [
        EventSink(
            name=found.name,
            kind=found.kind,
            lag=found.lag_ms,
            deadLetters=found.dead_letters,
            error=found.error or None,
            failingSince=format_date(found.failing_since),
        )
        for found in context.engine.sinks.list()
    ]


@GROUP.get("/event-source", "The sources of events, and how much waits in each", baton_extension=True)
def list_sources(context: RequestContext) -> list[EventSource]:
    return [
        EventSource(
            name=found.name,
            kind=found.kind,
            waiting=found.report.waiting,
            deadLetters=found.dead_letters,
            error=found.report.error or None,
            failingSince=format_date(found.report.failing_since),
            reportedAt=format_date(found.report.at),
        )
        for found in context.engine.sources.list()
    ]


@GROUP.get("/dead-letter", "Events that could not be sent or taken, the newest first", baton_extension=True)
def list_letters(context: RequestContext, query: DeadLetterPage) -> list[ShownDeadLetter]:
    first, limit = query.firstResult or 0, 100 if query.maxResults is None else query.maxResults
    found = context.engine.dead_letters.list_matching(query.to_query(), first=first, limit=limit)
    return [_show(letter) for letter in found]


@GROUP.get("/dead-letter/count", "How many such events there are", baton_extension=True)
def count_letters(context: RequestContext, query: DeadLetterFilters) -> Count:
    return Count(count=context.engine.dead_letters.count_matching(query.to_query()))


@GROUP.get("/dead-letter/<id>", "One of them", baton_extension=True)
def get_letter(context: RequestContext, id: str) -> ShownDeadLetter:
    return _show(context.engine.dead_letters.get(id))


@GROUP.put("/dead-letter/<id>", "Correct the event; its id and source stay", baton_extension=True)
def change_letter(context: RequestContext, id: str, body: ChangeDeadLetter) -> ShownDeadLetter:
    context.engine.dead_letters.change(id, body.event)
    return _show(context.engine.dead_letters.get(id))


@GROUP.post("/dead-letter/<id>/send", "Try it again", baton_extension=True)
def send_letter(context: RequestContext, id: str) -> None:
    if context.engine.dead_letters.get(id).direction == "in":
        context.engine.events_in.take_again(id)
    else:
        context.engine.dead_letters.send_again(id)


@GROUP.delete("/dead-letter/<id>", "Drop it permanently", baton_extension=True)
def drop_letter(context: RequestContext, id: str) -> None:
    context.engine.dead_letters.drop(id)


@GROUP.get(
    "/asyncapi",
    "The events that the deployed definitions send and take, with JSON Schema and version, as AsyncAPI 3.0",
    baton_extension=True,
)
def describe_events(context: RequestContext) -> AsyncApi:
    return describe_contracts(context.engine.contracts.list())


HTTP = "http"
"""Where events came from that came by a request."""


@GROUP.post(
    "/event",
    "Take a CloudEvent: by the deployed mappings it becomes a message or starts an instance",
    baton_extension=True,
    needs="event:send",
)
def take_event(context: RequestContext, body: GivenEvent) -> ShownTakenEvent:
    del body  # attributes may be headers too
    found = context.engine.events_in.take(read_event(context.request), HTTP)
    return ShownTakenEvent(
        id=found.id, source=found.source, instances=list(found.instances), deadLetter=found.dead_letter
    )


def _show(letter: DeadLetter) -> ShownDeadLetter:
    return ShownDeadLetter(
        id=letter.id,
        direction=letter.direction,
        place=letter.place,
        event=letter.event,
        error=letter.error,
        at=format_date(letter.at),
        again=letter.again,
        attempts=letter.attempts,
    )
