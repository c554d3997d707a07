"""``/audit``: who did what; ``/hold``: instances that nothing may remove; the evidence of one instance."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from baton.web import jsons
from baton.web.answers.audit import (
    AuditEntry,
    Evidence,
    Forgotten,
    Hold,
    Verification,
    show_entry,
    show_forgotten,
    show_hold,
    show_verification,
)
from baton.web.answers.events import show_event
from baton.web.answers.instances import show_header, show_ledger_entry
from baton.web.context import RequestContext
from baton.web.models.audit import AuditFilters, AuditPage, Forget, PlaceHold
from baton.web.routes.group import Group
from baton.web.scopes import parse_instance
from baton.web.times import format_iso

GROUP = Group("Audit", "Who did what, and what must be kept", resource="audit", whole=True)
_PAGE = 100


@GROUP.get("/audit", "Entries of the audit, the newest first", baton_extension=True)
def list_entries(context: RequestContext, query: AuditPage) -> list[AuditEntry]:
    most = context.settings.max_results
    limit = _PAGE if query.maxResults is None else min(query.maxResults, most)
    found = context.engine.audit.find(query.to_query(), query.firstResult or 0, limit)
    return [show_entry(stored) for stored in found]


@GROUP.get(
    "/audit/export",
    "Entries of the audit as JSON Lines, the newest first",
    media="application/x-ndjson",
    baton_extension=True,
)
def export_entries(context: RequestContext, query: AuditFilters) -> Response:
    found = context.engine.audit.iterate(query.to_query())

    def write() -> Iterator[bytes]:
        for stored in found:
            yield jsons.dump(show_entry(stored)) + b"\n"

    headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"'}
    return Response(write(), mimetype="application/x-ndjson", headers=headers)


@GROUP.get("/audit/verification", "Whether the audit is as it was written, and where it is not", baton_extension=True)
def verify(context: RequestContext) -> Verification:
    return show_verification(context.engine.verify_audit())


@GROUP.post(
    "/forget",
    "Erase everything that is known under a business key; the audit says that it was done",
    changes=False,  # no answer about it is kept
    audited=True,
    needs="audit:update",
    baton_extension=True,
)
def forget(context: RequestContext, body: Forget) -> Forgotten:
    return show_forgotten(context.engine.forgetting.forget(body.businessKey))


@GROUP.get("/hold", "Instances under legal hold, the newest first", baton_extension=True)
def list_holds(context: RequestContext) -> list[Hold]:
    return [show_hold(hold) for hold in context.engine.holds.list()]


@GROUP.put("/process-instance/<id>/hold", "Place an instance under legal hold", baton_extension=True)
def place_hold(context: RequestContext, id: str, body: PlaceHold) -> None:
    context.engine.holds.place(parse_instance(id, "process instance"), body.reason, context.by)


@GROUP.delete("/process-instance/<id>/hold", "Release an instance from legal hold", baton_extension=True)
def release_hold(context: RequestContext, id: str) -> None:
    context.engine.holds.release(parse_instance(id, "process instance"))


@GROUP.get(
    "/process-instance/<id>/evidence",
    "All that is known of an instance: history, ledger, audit, and whether the audit is whole",
    baton_extension=True,
)
def export_evidence(context: RequestContext, id: str) -> Evidence:
    engine, instance_id = context.engine, parse_instance(id, "process instance")
    header = engine.instances.get(instance_id)
    return Evidence(
        at=format_iso(engine.clock.now()),
        header=show_header(header),
        history=[show_event(event) for event in engine.history.list_events(instance_id)],
        ledger=[show_ledger_entry(entry) for entry in engine.instance_reader.get_ledger(instance_id)],
        audit=[show_entry(stored) for stored in engine.audit.list_of_instance(instance_id)],
        hold=next((show_hold(hold) for hold in engine.holds.list() if hold.instance_id == instance_id), None),
        proof=show_verification(engine.verify_audit()),
    )
