"""``/engine``, ``/version`` and published events."""

from __future__ import annotations

from flask import Response

import baton
from baton.web.answers.operations import CloudEvent, EngineName, Version
from baton.web.context import RequestContext
from baton.web.models.server import PublishedQuery
from baton.web.routes.declaration import ANYBODY
from baton.web.routes.group import Group
from baton.web.stream import published, sse

GROUP = Group("Engine", "The server itself, and what it publishes", resource="system", whole=True)

MAX_PUBLISHED = 1_000


@GROUP.get("/engine", "The engines of this server: one", needs=ANYBODY)
def list_engines(context: RequestContext) -> list[EngineName]:
    del context
    return [EngineName(name="default")]


@GROUP.get("/version", "The release of the server", needs=ANYBODY)
def get_version(context: RequestContext) -> Version:
    del context
    return Version(version=baton.__version__)


@GROUP.get(
    "/published",
    "Events that were published to the outside, as CloudEvents; as a stream with Accept: text/event-stream",
    baton_extension=True,
    also="text/event-stream",
    needs="event:read",
)
def list_published(context: RequestContext, query: PublishedQuery) -> list[CloudEvent] | Response:
    after, kind = context.request.headers.get("Last-Event-ID") or query.after or "0", query.type
    if context.request.accept_mimetypes.best == "text/event-stream":
        engine, settings, opened = context.engine, context.settings, context.open_requests
        engine.outbox.check_cursor(after)
        return sse.make_response(
            opened.streams,
            settings.max_streams,
            lambda outlet: published.stream_frames(engine, settings, opened, after, kind, outlet),
        )
    limit = MAX_PUBLISHED if query.maxResults is None else min(query.maxResults, MAX_PUBLISHED)
    found = context.engine.outbox.list_published(after, kind, limit)
    return [CloudEvent(**{**event, "cursor": cursor}) for cursor, event in found]
