"""Entries of the audit, and what came of verifying it."""

from __future__ import annotations

import json
from typing import Any

from pydantic import Field

from baton import service
from baton.model.audit import AuditDamage, AuditValues
from baton.service import AuditVerification, LegalHold, StoredAuditEntry
from baton.web.answers.events import Event
from baton.web.answers.instances import InstanceHeader, LedgerEntry
from baton.web.models.base import Answer
from baton.web.times import format_iso


class AuditEntry(Answer):
    """Who did what. ``before``, ``after`` and ``reason`` are null once they are erased."""

    id: str = Field(description="partition and number")
    at: str
    actorKind: str = Field(json_schema_extra={"enum": ["person", "key", "anybody", "process"]})
    actor: str
    address: str
    action: str = Field(description="the id of the operation, as in the OpenAPI description")
    target: str
    processInstanceId: str | None
    outcome: str = Field(json_schema_extra={"enum": ["ordered", "refused", "failed"]})
    follows: str | None = Field(description="the entry that came to nothing")
    before: Any
    after: Any
    reason: str | None
    erased: bool
    previous: str = Field(description="SHA-256 of the entry before")
    hash: str = Field(description="SHA-256 of this entry")
    digest: str = Field(description="SHA-256 of salt and values")


class Damage(Answer):
    """Where the audit was touched; without a partition: an anchor."""

    partition: int | None
    number: int
    message: str


class Verification(Answer):
    """Whether the audit is as it was written."""

    whole: bool
    entries: int
    anchors: int
    damages: list[Damage]


class Forgotten(Answer):
    """How many of each were erased. Drafts are not: somebody has to look at them."""

    processInstanceIds: list[str]
    messages: int
    answers: int
    published: int
    deadLetters: int
    unsent: int = Field(description="turns that at least one sink did not have yet: it gets nothing of them")
    auditEntries: int
    drafts: list[str] = Field(description="names of drafts that hold the business key")
    filters: list[str] = Field(description="names of saved filters that hold it")


class Hold(Answer):
    """An instance that nothing may remove."""

    processInstanceId: str
    at: str
    by: str | None
    reason: str


class Evidence(Answer):
    """All that is known of one instance: its history, its ledger, the audit, and whether the audit is whole."""

    at: str
    header: InstanceHeader
    history: list[Event]
    ledger: list[LedgerEntry]
    audit: list[AuditEntry]
    hold: Hold | None
    proof: Verification


def show_entry(stored: StoredAuditEntry) -> AuditEntry:
    entry, values = stored.entry, stored.values
    event = entry.event
    return AuditEntry(
        id=entry.id,
        at=format_iso(event.at),
        actorKind=event.actor_kind,
        actor=event.actor,
        address=event.address,
        action=event.action,
        target=event.target,
        processInstanceId=event.instance_id,
        outcome=event.outcome,
        follows=event.follows,
        before=_read(values, "before"),
        after=_read(values, "after"),
        reason=None if values is None else values.reason or None,
        erased=values is None,
        previous=entry.previous,
        hash=entry.hash(),
        digest=entry.digest,
    )


def _read(values: AuditValues | None, name: str) -> Any:
    text: str | None = None if values is None else getattr(values, name)
    return None if text is None else json.loads(text)


def show_verification(found: AuditVerification) -> Verification:
    return Verification(
        whole=not found.damages,
        entries=found.entries,
        anchors=found.anchors,
        damages=[_show_damage(damage) for damage in found.damages],
    )


def _show_damage(damage: AuditDamage) -> Damage:
    return Damage(partition=damage.partition, number=damage.number, message=damage.message)


def show_forgotten(found: service.Forgotten) -> Forgotten:
    return Forgotten(
        processInstanceIds=list(found.instance_ids),
        messages=found.messages,
        answers=found.answers,
        published=found.published,
        deadLetters=found.letters,
        unsent=found.unsent,
        auditEntries=found.audit_entries,
        drafts=list(found.drafts),
        filters=list(found.filters),
    )


def show_hold(hold: LegalHold) -> Hold:
    return Hold(processInstanceId=hold.instance_id, at=format_iso(hold.at), by=hold.by, reason=hold.reason)
