"""Erases what is known of one person, by the business key."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from baton.model.audit import AuditEntry
from baton.model.errors import BadRequest, Conflict
from baton.model.immutable import immutable
from baton.service.audit.log import AuditLog, AuditQuery
from baton.service.core.queries import InstanceQuery
from baton.service.reads.instance_queries import InstanceQueries
from baton.store.audit import StoredEntry
from baton.store.holds import make_held
from baton.store.store import Store

_SHOWN = 5


@immutable
class Forgotten:
    """How many of each were erased; the ids of the instances; the names of drafts and filters to look at."""

    instance_ids: tuple[str, ...]
    messages: int
    answers: int
    published: int
    live: int
    letters: int
    unsent: int
    audit_entries: int
    drafts: tuple[str, ...]
    filters: tuple[str, ...]


class Forgetting:
    """The instances go last: when it is interrupted, it can be repeated."""

    def __init__(self, store: Store, instances: InstanceQueries, audit: AuditLog) -> None:
        self._store, self._instances, self._audit = store, instances, audit

    def forget(self, business_key: str) -> Forgotten:
        """Raises BadRequest without a key, Conflict for an instance that runs or is under legal hold."""
        if not business_key.strip():
            raise BadRequest("Expected a business key, but it is empty")
        headers = self._instances.find(InstanceQuery(business_key=business_key, include_ended=True))
        running = [header.id for header in headers if not header.state.is_ended]
        if running:
            raise Conflict(
                f"Expected only ended instances with business key '{business_key}', but {', '.join(running[:_SHOWN])} "
                "still run: end them first"
            )
        ids = [header.id for header in headers]
        if held := self._store.holds.list_held(ids):
            raise make_held(min(held))
        words = (business_key, *ids)
        traces = self._store.personal
        forgotten = Forgotten(
            instance_ids=tuple(ids),
            messages=traces.remove_messages(business_key),
            answers=traces.remove_answers(words),
            published=traces.remove_published(words),
            live=traces.remove_live(ids) if ids else 0,
            letters=traces.remove_letters(words),
            unsent=traces.remove_captured(ids) if ids else 0,
            audit_entries=self._erase_audit(words),
            drafts=tuple(traces.list_drafts(words)),
            filters=tuple(traces.list_filters(words)),
        )
        self._store.erase(headers)
        return forgotten

    def _erase_audit(self, words: Collection[str]) -> int:
        """Values only: who did what stays, and the chain whole."""
        found = list(self._list_entries(words))
        self._audit.erase_values(found)
        return len(found)

    def _list_entries(self, words: Collection[str]) -> Iterator[AuditEntry]:
        for stored in self._audit.iterate(AuditQuery()):
            if stored.values is not None and _is_about(stored, words):
                yield stored.entry


def _is_about(stored: StoredEntry, words: Collection[str]) -> bool:
    values, event = stored.values, stored.entry.event
    if event.instance_id in words:
        return True
    texts = () if values is None else (values.before or "", values.after or "", values.reason)
    written = {form for word in words for form in (word, json.dumps(word)[1:-1])}
    return any(form in text for form in written for text in texts)
