"""Requests about drafts."""

from __future__ import annotations

from pydantic import Field

from baton.service import DraftContent, DraftFile
from baton.web.models.base import Command, Query
from baton.web.models.fields import Positive


class DraftFilters(Query):
    """Which drafts."""

    processDefinitionKey: str | None = Field(None, description="of the process that is drawn")


class DraftVersionQuery(Query):
    """Which version of a draft."""

    version: Positive | None = Field(None, description="the latest unless given")


class GivenDraftFile(Command):
    """A file beside the diagram, such as a scenario."""

    name: str
    content: str


class DraftBody(Command):
    """A diagram as it is drawn."""

    name: str | None = Field(None, description="what people call it")
    bpmn: str
    files: list[GivenDraftFile] | None = Field(None, description="what lies beside it")
    processDefinitionKey: str | None = Field(None, description="the id of its process")

    def to_content(self) -> DraftContent:
        files = tuple(DraftFile(name=file.name, content=file.content) for file in self.files or ())
        return DraftContent(bpmn=self.bpmn, files=files)


class CreateDraft(DraftBody):
    """A new draft."""

    processDefinitionId: str | None = Field(None, description="the version from which it was begun")


class SaveDraft(DraftBody):
    """The next version of a draft."""

    version: Positive = Field(description="the version that was changed: another one is refused with 409")
