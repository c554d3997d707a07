"""``/stream`` and what looks into one instance: its history, its state at any moment, its ledger, undoing it."""

from __future__ import annotations

from flask import Response

from baton.model.commands import CancelInstance, MarkUndone, RetryUndo, Rollback, SkipUndo
from baton.model.errors import BadRequest
from baton.web.answers.events import Event, show_event
from baton.web.answers.instances import (
    InstanceHeader,
    InstanceResult,
    show_headers,
    show_ledger_fields,
    show_ledger_snapshot,
)
from baton.web.answers.live import (
    InstanceTrace,
    LedgerEntryWithSnapshot,
    PlacedToken,
    PlanStep,
    Snapshot,
    StateAt,
    show_plan,
)
from baton.web.context import RequestContext
from baton.web.models.definitions import WaitForResult
from baton.web.models.live import (
    CancelProcessInstance,
    HistoryQuery,
    OverviewFilters,
    PlanQuery,
    ResumeQuery,
    RollbackInstance,
    StateQuery,
    StreamQuery,
)
from baton.web.resources.approval import submit
from baton.web.results import answer_result
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.scopes import parse_scope
from baton.web.stream import everything, instance, sse
from baton.web.times import format_iso, parse_millis
from baton.web.variables import to_rest_variables

GROUP = Group(
    "Live and undo", "What Baton adds: live streams, replay, the ledger, rollback", resource="process-instance"
)

MAX_EVENTS = 10_000
SORTS = {
    "startedAt": "started_at",
    "endedAt": "ended_at",
    "businessKey": "business_key",
    "definitionKey": "definition_key",
    "state": "state",
    "incidents": "incidents",
    "id": "id",
}


declare(
    GROUP,
    Listing(
        path="/process-instance/overview",
        what="instances as headers, ended ones included",
        filters=OverviewFilters,
        sorts=SORTS,
        answer=InstanceHeader,
        fetch=lambda context, filters, page: show_headers(
            context.engine, context.engine.instances.find(filters.to_query(page), context.search)
        ),
        count=lambda context, filters: context.engine.instances.count(filters.to_query(), context.search),
        post=False,
        searches=True,
    ),
)


@GROUP.get("/stream", "Everything that happens, as Server-Sent Events", media="text/event-stream", baton_extension=True)
def stream_all(context: RequestContext, query: StreamQuery) -> Response:
    resumes = "Last-Event-ID" in context.request.headers
    engine, settings, opened = context.engine, context.settings, context.open_requests
    key, definition_id = query.processDefinitionKey, query.processDefinitionId
    return sse.make_response(
        opened.streams,
        settings.max_streams,
        lambda outlet: everything.stream_frames(engine, settings, opened, key, definition_id, resumes, outlet),
    )


@GROUP.get(
    "/process-instance/<id>/stream",
    "What happens in an instance, as Server-Sent Events: a snapshot, then events",
    media="text/event-stream",
    baton_extension=True,
)
def stream_one(context: RequestContext, id: str, query: ResumeQuery) -> Response:
    header = context.engine.instances.get(_instance_id(id))
    last = context.request.headers.get("Last-Event-ID", "")
    after = int(last) if last.isdecimal() else query.after
    engine, settings, opened = context.engine, context.settings, context.open_requests
    return sse.make_response(
        opened.streams,
        settings.max_streams,
        lambda outlet: instance.stream_frames(engine, settings, opened, header.id, after, outlet),
    )


def _instance_id(id: str) -> str:
    return parse_scope(id, "process instance").instance_id


@GROUP.get(
    "/process-instance/<id>/result",
    "Wait for the end of an instance: 200 with its variables, 202 when it still runs",
    baton_extension=True,
    pending=True,
)
def get_result(context: RequestContext, id: str, query: WaitForResult) -> InstanceResult:
    return answer_result(context, _instance_id(id), query.milliseconds)


@GROUP.get(
    "/process-instance/<id>/history", f"The events of an instance, at most {MAX_EVENTS} at once", baton_extension=True
)
def list_events(context: RequestContext, id: str, query: HistoryQuery) -> list[Event]:
    header = context.engine.instances.get(_instance_id(id))
    first = max(1, query.begin or 1)
    end = header.position if query.to is None else query.to
    last = min(end, first + MAX_EVENTS - 1, header.position)
    events = context.engine.history.list_events(header.id, first, last) if last >= first else []
    return [show_event(event) for event in events]


@GROUP.get("/process-instance/<id>/snapshot", "The snapshot that the stream begins with, once", baton_extension=True)
def get_snapshot(context: RequestContext, id: str) -> Snapshot:
    return instance.take_snapshot(context.engine, _instance_id(id))


@GROUP.get(
    "/process-instance/<id>/state",
    "Tokens and variables as of an event's position or a moment",
    baton_extension=True,
)
def get_state(context: RequestContext, id: str, query: StateQuery) -> StateAt:
    header = context.engine.instances.get(_instance_id(id))
    position = int(query.at) if query.at.isdecimal() and len(query.at) < 12 else None
    moment = parse_millis(query.at, "at") if position is None else None
    found = context.engine.history.project(header, position=position, at=moment)
    return StateAt(
        position=found.position,
        at=format_iso(found.at),
        state=found.state,
        tokens=[
            PlacedToken(number=number, parent=token.parent, element=token.element)
            for number, token in sorted(found.tokens.items())
        ],
        variables={str(scope): to_rest_variables(values) for scope, values in found.values.items()},
    )


@GROUP.get("/process-instance/<id>/trace", "The trace that the instance is in", baton_extension=True)
def get_trace(context: RequestContext, id: str) -> InstanceTrace:
    header = context.engine.instances.get(_instance_id(id))
    trace_id, url = context.engine.tracing.find_trace_id(header.id), context.settings.trace_url
    return InstanceTrace(traceId=trace_id, url=None if url is None else url.replace("{trace}", trace_id))


@GROUP.get("/process-instance/<id>/ledger", "What can be undone, and what became of it", baton_extension=True)
def list_ledger(context: RequestContext, id: str) -> list[LedgerEntryWithSnapshot]:
    return [
        LedgerEntryWithSnapshot(**show_ledger_fields(entry), snapshot=show_ledger_snapshot(entry))
        for entry in context.engine.instance_reader.get_ledger(_instance_id(id))
    ]


@GROUP.get(
    "/process-instance/<id>/compensation-plan",
    "What would be undone now and in which order, without doing it",
    baton_extension=True,
)
def plan_compensation(context: RequestContext, id: str, query: PlanQuery) -> list[PlanStep]:
    if query.activityRef and query.to:
        raise BadRequest("Expected at most one of activityRef and to, but found both")
    steps = context.engine.instance_reader.plan_compensation(
        _instance_id(id), activity_ref=query.activityRef, to=query.to
    )
    return show_plan(steps)


@GROUP.post(
    "/process-instance/<id>/rollback",
    "Undo what completed since an element was entered, then go on before it",
    baton_extension=True,
)
def rollback(context: RequestContext, id: str, body: RollbackInstance) -> None:
    return submit(context, _instance_id(id), Rollback(to=body.to, by=context.by))


@GROUP.post("/process-instance/<id>/cancel", "Cancel; with compensate, undo everything first", baton_extension=True)
def cancel(context: RequestContext, id: str, body: CancelProcessInstance) -> None:
    command = CancelInstance(reason=body.reason, compensate=body.compensate or False, by=context.by)
    context.engine.mailbox.submit(_instance_id(id), command, command_id=context.command_id)


@GROUP.post(
    "/process-instance/<id>/ledger/<int:seq>/retry",
    "Try again to undo an entry whose handler failed",
    baton_extension=True,
)
def retry_undo(context: RequestContext, id: str, seq: int) -> None:
    command = RetryUndo(seq=seq, by=context.by)
    context.engine.mailbox.submit(_instance_id(id), command, command_id=context.command_id)


def _declare_ledger_action(action: str, summary: str, command: type[SkipUndo | MarkUndone]) -> None:
    @GROUP.post(f"/process-instance/<id>/ledger/<int:seq>/{action}", summary, baton_extension=True)
    def act(context: RequestContext, id: str, seq: int) -> None:
        return submit(context, _instance_id(id), command(seq=seq, by=context.by))

    del act


_declare_ledger_action("skip", "Leave an entry that failed as it is and go on undoing", SkipUndo)
_declare_ledger_action("mark-undone", "Say that an entry was undone by hand and go on", MarkUndone)
