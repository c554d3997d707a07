"""``/draft``: diagrams that are drawn and not deployed, with their versions."""

from __future__ import annotations

from baton.web.answers.draft import Draft, DraftContent, DraftVersion, show_content, show_draft, show_version
from baton.web.context import RequestContext
from baton.web.models.draft import CreateDraft, DraftFilters, DraftVersionQuery, SaveDraft
from baton.web.routes.group import Group

GROUP = Group("Draft", "Diagrams that are drawn and not deployed, with their versions", resource="draft")
UNNAMED = "New diagram"


@GROUP.get("/draft", "All drafts, the one that was saved last first", baton_extension=True)
def list_drafts(context: RequestContext, query: DraftFilters) -> list[Draft]:
    return [show_draft(draft) for draft in context.engine.draft_library.list(query.processDefinitionKey)]


@GROUP.post("/draft", "Begin a draft", baton_extension=True)
def create_draft(context: RequestContext, body: CreateDraft) -> Draft:
    return show_draft(
        context.engine.draft_library.create(
            body.to_content(),
            name=body.name or UNNAMED,
            key=body.processDefinitionKey,
            definition_id=body.processDefinitionId,
            by=context.by,
        )
    )


@GROUP.get("/draft/<id>", "A draft with its diagram", baton_extension=True)
def get_draft(context: RequestContext, id: str, query: DraftVersionQuery) -> DraftContent:
    draft, content = context.engine.draft_library.read(id, query.version)
    return show_content(draft, query.version, content)


@GROUP.put("/draft/<id>", "Save what was made of a version of a draft", baton_extension=True)
def save_draft(context: RequestContext, id: str, body: SaveDraft) -> Draft:
    return show_draft(
        context.engine.draft_library.save(
            id,
            body.to_content(),
            base=body.version,
            name=body.name,
            key=body.processDefinitionKey,
            by=context.by,
        )
    )


@GROUP.get("/draft/<id>/versions", "The versions of a draft that are kept, the latest first", baton_extension=True)
def list_draft_versions(context: RequestContext, id: str) -> list[DraftVersion]:
    return [show_version(version) for version in reversed(context.engine.draft_library.get(id).versions)]


@GROUP.delete("/draft/<id>", "Delete a draft with all its versions", baton_extension=True)
def delete_draft(context: RequestContext, id: str) -> None:
    context.engine.draft_library.delete(id)
