"""Saving drafts: each keeps its latest versions, and nobody overwrites a version that they have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from baton.model.errors import BadRequest, Conflict, NotFound
from baton.model.times import Millis, to_datetime
from baton.service.core.clock import Clock
from baton.service.core.ids import Ids
from baton.service.core.settings import Settings
from baton.store.drafts import Draft, DraftContent, DraftVersion, StoredDrafts

VERSION_MS = 5 * 60 * 1000
"""What one author saves within this time is one version."""


class DraftLibrary:
    """Safe for threads and greenlets, and for several processes on one store."""

    def __init__(
        self, stored: StoredDrafts, settings: Settings, ids: Ids, clock: Clock, tenant_id: str | None = None
    ) -> None:
        """``tenant_id``: whose the drafts are that are begun."""
        self._stored, self._settings, self._ids, self._clock = stored, settings, ids, clock
        self._tenant_id = tenant_id

    def list(self, key: str | None = None) -> Sequence[Draft]:
        """The drafts of a process, or all, the one that was saved last first."""
        found = [draft for draft in self._stored.list() if key in (None, draft.key)]
        return sorted(found, key=lambda draft: (-draft.latest.saved_at, draft.id))

    def get(self, draft_id: str) -> Draft:
        """Raises NotFound."""
        return self._find(draft_id)[0]

    def read(self, draft_id: str, number: int | None = None) -> tuple[Draft, DraftContent]:
        """A version of a draft, the latest unless numbered. Raises NotFound."""
        draft = self.get(draft_id)
        wanted = draft.latest.number if number is None else number
        content = self._stored.read_content(draft_id, wanted)
        if content is None:
            kept = ", ".join(str(version.number) for version in draft.versions)
            raise NotFound(f"Expected one of the versions {kept} of draft '{draft_id}', but found {wanted}")
        return draft, content

    def create(
        self,
        content: DraftContent,
        *,
        name: str,
        key: str | None = None,
        definition_id: str | None = None,
        by: str | None = None,
    ) -> Draft:
        """Begin a draft. Raises BadRequest for one that is too large, Conflict when there are too many."""
        self._check_size(content)
        now = self._clock.now()
        version = DraftVersion(number=1, began_at=now, saved_at=now, saved_by=by)
        draft = Draft(
            id=self._ids.make_deployment_id(),
            name=name,
            key=key,
            definition_id=definition_id,
            versions=(version,),
            tenant_id=self._tenant_id,
        )
        if not self._stored.add(draft, content, self._settings.max_drafts):
            raise Conflict(
                f"Expected fewer than {self._settings.max_drafts} drafts (setting BATON_MAX_DRAFTS): delete some first"
            )
        return draft

    def save(
        self,
        draft_id: str,
        content: DraftContent,
        *,
        base: int,
        name: str | None = None,
        key: str | None = None,
        by: str | None = None,
    ) -> Draft:
        """Save what was made of version ``base``. Raises Conflict when it is not the latest, NotFound, BadRequest."""
        self._check_size(content)
        before, row = self._find(draft_id)
        if before.latest.number != base:
            raise _report_other(before, base)
        _, known = self.read(draft_id)
        if known == content and name in (None, before.name) and key in (None, before.key):
            return before
        version = DraftVersion(number=base + 1, began_at=self._clock.now(), saved_at=self._clock.now(), saved_by=by)
        versions = _add(before.versions, version)[-self._settings.max_draft_versions :]
        kept = {kept.number for kept in versions}
        gone = [old.number for old in before.versions if old.number not in kept]
        draft = replace(before, name=name or before.name, key=key or before.key, versions=versions)
        if not self._stored.change(draft, content, row, gone):
            raise _report_other(self.get(draft_id), base)
        return draft

    def delete(self, draft_id: str) -> None:
        """Raises NotFound."""
        self._find(draft_id)
        self._stored.remove(draft_id)

    def _find(self, draft_id: str) -> tuple[Draft, bytes]:
        found = self._stored.get(draft_id)
        if found is None:
            raise NotFound(f"Expected draft '{draft_id}', but found none: it was deployed or deleted")
        return found

    def _check_size(self, content: DraftContent) -> None:
        if content.size > self._settings.max_draft_bytes:
            raise BadRequest(
                f"Expected a draft of at most {self._settings.max_draft_bytes} bytes (setting BATON_MAX_DRAFT_BYTES), "
                f"but found {content.size}"
            )


def _add(versions: tuple[DraftVersion, ...], version: DraftVersion) -> tuple[DraftVersion, ...]:
    """The new version replaces the one before if the same author has begun that one a short while ago."""
    last = versions[-1]
    if last.saved_by == version.saved_by and version.saved_at - last.began_at < VERSION_MS:
        return (*versions[:-1], replace(version, began_at=last.began_at))
    return (*versions, version)


def _report_other(draft: Draft, base: int) -> Conflict:
    latest = draft.latest
    return Conflict(
        f"Expected version {latest.number} of draft '{draft.id}' as what was changed, but found {base}: "
        f"{latest.saved_by or 'somebody'} has saved since, at {_show(latest.saved_at)}. Open it again, or save a copy"
    )


def _show(moment: Millis) -> str:
    return to_datetime(moment).strftime("%Y-%m-%d %H:%M:%S UTC")
