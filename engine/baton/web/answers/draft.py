"""Drafts as they are sent."""

from __future__ import annotations

from pydantic import Field

from baton.service import DraftContent as Content
from baton.service import DraftVersion as Version
from baton.service import StoredDraft
from baton.web.models.base import Answer
from baton.web.times import format_iso


class Draft(Answer):
    """A diagram that is drawn and not deployed."""

    id: str
    name: str
    processDefinitionKey: str | None
    processDefinitionId: str | None = Field(description="the version from which it was begun")
    version: int = Field(description="grows with each save; `PUT` expects it")
    savedAt: str | None
    savedBy: str | None = Field(description="null as long as nobody signs in")


class DraftFile(Answer):
    """A file beside the diagram."""

    name: str
    content: str


class DraftContent(Answer):
    """A version of a draft."""

    draft: Draft
    version: int
    bpmn: str
    files: list[DraftFile]


class DraftVersion(Answer):
    """A version that is kept: what one author saved within five minutes is one."""

    version: int
    savedAt: str | None
    savedBy: str | None


def show_draft(draft: StoredDraft) -> Draft:
    return Draft(
        id=draft.id,
        name=draft.name,
        processDefinitionKey=draft.key,
        processDefinitionId=draft.definition_id,
        version=draft.latest.number,
        savedAt=format_iso(draft.latest.saved_at),
        savedBy=draft.latest.saved_by,
    )


def show_content(draft: StoredDraft, number: int | None, content: Content) -> DraftContent:
    return DraftContent(
        draft=show_draft(draft),
        version=number or draft.latest.number,
        bpmn=content.bpmn,
        files=[DraftFile(name=file.name, content=file.content) for file in content.files],
    )


def show_version(version: Version) -> DraftVersion:
    return DraftVersion(version=version.number, savedAt=format_iso(version.saved_at), savedBy=version.saved_by)
