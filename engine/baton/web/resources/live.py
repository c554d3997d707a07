"""``/stream`` and what looks into one instance: its history, its state at any moment, its ledger, undoing it."""

from __future__ import annotations

from typing import Any

from flask import Response

from baton.model.commands import CancelInstance, MarkUndone, RetryUndo, Rollback, SkipUndo
from baton.model.errors import BadRequest
from baton.model.records import InstanceState
from baton.service import InstanceQuery
from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, dates, integers, lists, strings
from baton.web.lists import Listing, Page, declare, flag, paged, together
from baton.web.routing import Group
from baton.web.scopes import scope_of
from baton.web.shapes.events import EVENT, event_json
from baton.web.shapes.instances import AWAITED, HEADER, LEDGER, TOKEN, header_json, ledger_json, snapshot_json
from baton.web.shapes.work import INCIDENT
from baton.web.stream import everything, instance, sse
from baton.web.times import iso_text, parse_millis
from baton.web.variables import all_to_rest

GROUP = Group("Live and undo", "What Baton adds: live streams, replay, the ledger, rollback")

MAX_EVENTS = 10_000
OVERVIEW = (
    Field("state", "strings", "any of " + ", ".join(state.value for state in InstanceState)),
    *strings("processDefinitionId", "processDefinitionKey", "businessKey", "businessKeyLike", "activityId"),
    *lists("processInstanceIds"),
    *booleans("withIncident"),
    *dates("startedAfter", "startedBefore", "endedAfter", "endedBefore"),
)
SORTS = {
    "startedAt": "started_at",
    "endedAt": "ended_at",
    "businessKey": "business_key",
    "definitionKey": "definition_key",
    "state": "state",
    "incidents": "incidents",
    "id": "id",
}
PLAN_STEP = Shape(
    "PlanStep",
    (
        Field("order", "integer"),
        Field("seq", "integer"),
        *strings("element", "handler", "definitionId"),
        Field("scope", "integer"),
        Field("runs", "boolean", "false: a group, undone when what is inside it is"),
        Field("snapshot", "objects", "what the handler would see of scopes that have ended, innermost first"),
    ),
)
SNAPSHOT = Shape(
    "Snapshot",
    (
        Field("position", "integer"),
        Field("at", "date"),
        Field("header", "object", shape=HEADER),
        Field("tokens", "objects", shape=TOKEN),
        Field("variables", "object", "variables by the number of the token that owns them"),
        Field("ledger", "objects", shape=LEDGER),
        Field("incidents", "objects", shape=INCIDENT),
        Field("awaited", "objects", "what the instance waits for: what happens next", shape=AWAITED),
        *(Field(name, "object") for name in ("elements", "flows", "history")),
    ),
)
STATE = Shape(
    "StateAt",
    (
        Field("position", "integer"),
        Field("at", "date"),
        Field("state"),
        Field("tokens", "objects", "number, parent and element of each"),
        Field("variables", "object"),
    ),
)
ROLLBACK = Shape("Rollback", (Field("to", doc="the element to go back to", required=True),))
CANCEL = Shape("Cancel", (*booleans("compensate"), Field("reason")))


def _query(filters: Any, page: Page | None = None) -> InstanceQuery:
    return InstanceQuery(
        ids=filters.get("processInstanceIds"),
        definition_ids=together(filters, "processDefinitionId", ""),
        definition_keys=together(filters, "processDefinitionKey", ""),
        business_key=filters.get("businessKey"),
        business_key_like=filters.get("businessKeyLike"),
        states=_states(filters.get("state")),
        elements=(filters["activityId"],) if "activityId" in filters else None,
        with_incident=True if flag(filters, "withIncident") else None,
        started_after=filters.get("startedAfter"),
        started_before=filters.get("startedBefore"),
        ended_after=filters.get("endedAfter"),
        ended_before=filters.get("endedBefore"),
        **paged(page),
    )


def _states(names: tuple[str, ...] | None) -> frozenset[InstanceState]:
    known = {state.value: state for state in InstanceState}
    for name in names or ():
        if name not in known:
            raise BadRequest(f"Expected one of {', '.join(known)} for 'state', but found '{name}'")
    return frozenset(known[name] for name in names) if names else frozenset(known.values())


declare(
    GROUP,
    Listing(
        path="/process-instance/overview",
        what="instances as headers, ended ones included",
        filters=OVERVIEW,
        sorts=SORTS,
        item=HEADER,
        fetch=lambda call, filters, page: [
            header_json(one) for one in call.engine.instances.find(_query(filters, page))
        ],
        count=lambda call, filters: call.engine.instances.count(_query(filters)),
        post=False,
    ),
)


@GROUP.get(
    "/stream",
    "Everything that happens, as Server-Sent Events",
    query=strings("processDefinitionKey", "processDefinitionId"),
    answer="text/event-stream",
    ours=True,
)
def stream_all(call: Call) -> Response:
    key, definition_id = call.query.get("processDefinitionKey"), call.query.get("processDefinitionId")
    resumes = "Last-Event-ID" in call.request.headers
    engine, settings = call.engine, call.settings
    return sse.response(settings.max_streams, lambda: everything.frames(engine, settings, key, definition_id, resumes))


@GROUP.get(
    "/process-instance/<id>/stream",
    "What happens in an instance, as Server-Sent Events: a snapshot, then events",
    query=integers("after"),
    answer="text/event-stream",
    ours=True,
)
def stream_one(call: Call, id: str) -> Response:
    header = call.engine.instances.get(scope_of(id, "process instance").instance_id)
    after = _resume_from(call)
    engine, settings = call.engine, call.settings
    return sse.response(settings.max_streams, lambda: instance.frames(engine, settings, header.id, after))


def _resume_from(call: Call) -> int | None:
    last = call.request.headers.get("Last-Event-ID", "")
    return int(last) if last.isdecimal() else call.query.get("after")


@GROUP.get(
    "/process-instance/<id>/history",
    f"The events of an instance, at most {MAX_EVENTS} at once",
    query=integers("from", "to"),
    answer=(EVENT,),
    ours=True,
)
def history(call: Call, id: str) -> list[dict[str, Any]]:
    header = call.engine.instances.get(scope_of(id, "process instance").instance_id)
    first = max(1, call.query.get("from", 1))
    last = min(call.query.get("to", header.position), first + MAX_EVENTS - 1, header.position)
    events = call.engine.history.list_events(header.id, first, last) if last >= first else []
    return [event_json(event) for event in events]


@GROUP.get(
    "/process-instance/<id>/snapshot", "The snapshot that the stream begins with, once", answer=SNAPSHOT, ours=True
)
def snapshot(call: Call, id: str) -> dict[str, Any]:
    return instance.snapshot_json(call.engine, scope_of(id, "process instance").instance_id)


@GROUP.get(
    "/process-instance/<id>/state",
    "Tokens and variables as of an event's position or a moment",
    query=(Field("at", doc="a position, or a date", required=True),),
    answer=STATE,
    ours=True,
)
def state_at(call: Call, id: str) -> dict[str, Any]:
    header = call.engine.instances.get(scope_of(id, "process instance").instance_id)
    text: str = call.query["at"]
    at_position = int(text) if text.isdecimal() and len(text) < 12 else None
    moment = parse_millis(text, "at") if at_position is None else None
    found = call.engine.history.project(header, position=at_position, at=moment)
    return {
        "position": found.position,
        "at": iso_text(found.at),
        "state": found.state.value,
        "tokens": [
            {"number": number, "parent": one.parent, "element": one.element}
            for number, one in sorted(found.tokens.items())
        ],
        "variables": {str(scope): all_to_rest(values) for scope, values in found.values.items()},
    }


@GROUP.get("/process-instance/<id>/ledger", "What can be undone, and what became of it", answer=(LEDGER,), ours=True)
def ledger(call: Call, id: str) -> list[dict[str, Any]]:
    return [
        {**ledger_json(entry), "snapshot": snapshot_json(entry)}
        for entry in call.engine.instance_reader.get_ledger(scope_of(id, "process instance").instance_id)
    ]


@GROUP.get(
    "/process-instance/<id>/compensation-plan",
    "What would be undone now and in which order, without doing it",
    query=strings("activityRef", "to"),
    answer=(PLAN_STEP,),
    ours=True,
)
def compensation_plan(call: Call, id: str) -> list[dict[str, Any]]:
    instance_id = scope_of(id, "process instance").instance_id
    activity, to = call.query.get("activityRef"), call.query.get("to")
    if activity and to:
        raise BadRequest("Expected at most one of activityRef and to, but found both")
    steps = call.engine.instance_reader.plan_compensation(instance_id, activity_ref=activity, to=to)
    return [
        {
            "order": order,
            "seq": step.entry.seq,
            "element": step.entry.element,
            "handler": step.entry.handler,
            "definitionId": step.entry.definition_id,
            "scope": step.entry.scope,
            "runs": step.runs,
            "snapshot": snapshot_json(step.entry),
        }
        for order, step in enumerate(steps, 1)
    ]


@GROUP.post(
    "/process-instance/<id>/rollback",
    "Undo what completed since an element was entered, then go on before it",
    body=ROLLBACK,
    ours=True,
)
def rollback(call: Call, id: str) -> None:
    command = Rollback(to=call.body["to"], by=call.by)
    call.engine.mailbox.submit(scope_of(id, "process instance").instance_id, command, command_id=call.command_id)


@GROUP.post("/process-instance/<id>/cancel", "Cancel; with compensate, undo everything first", body=CANCEL, ours=True)
def cancel(call: Call, id: str) -> None:
    compensate = call.body.get("compensate", False)
    command = CancelInstance(reason=call.body.get("reason"), compensate=compensate, by=call.by)
    call.engine.mailbox.submit(scope_of(id, "process instance").instance_id, command, command_id=call.command_id)


def _ledger_action(action: str, summary: str, command: Any) -> None:
    @GROUP.post(f"/process-instance/<id>/ledger/<int:seq>/{action}", summary, ours=True)
    def act(call: Call, id: str, seq: int) -> None:
        instance_id = scope_of(id, "process instance").instance_id
        call.engine.mailbox.submit(instance_id, command(seq=seq, by=call.by), command_id=call.command_id)

    del act


_ledger_action("retry", "Try again to undo an entry whose handler failed", RetryUndo)
_ledger_action("skip", "Leave an entry that failed as it is and go on undoing", SkipUndo)
_ledger_action("mark-undone", "Say that an entry was undone by hand and go on", MarkUndone)
