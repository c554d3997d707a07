"""``/engine``, ``/version`` and published events."""

from __future__ import annotations

from typing import Any

from flask import Response

import baton
from baton.web.call import Call
from baton.web.fields import Field, Shape, integers, strings
from baton.web.routing import Group
from baton.web.stream import published, sse

GROUP = Group("Engine", "The server itself, and what it publishes")

CLOUD_EVENT = Shape(
    "CloudEvent",
    (
        *strings("specversion", "id", "source", "type", "subject"),
        Field("time", "date"),
        Field("datacontenttype"),
        Field("data", "any"),
        Field("cursor", doc="give it as `after` to go on behind this event"),
    ),
)
MAX_PUBLISHED = 1_000


@GROUP.get("/engine", "The engines of this server: one", answer=(Shape("EngineName", strings("name")),))
def engines(call: Call) -> list[dict[str, str]]:
    del call
    return [{"name": "default"}]


@GROUP.get("/version", "The release of the server", answer=Shape("Version", strings("version")))
def version(call: Call) -> dict[str, str]:
    del call
    return {"version": baton.__version__}


@GROUP.get(
    "/published",
    "Events that were published to the outside, as CloudEvents; as a stream with Accept: text/event-stream",
    query=(*strings("after", "type"), *integers("maxResults")),
    answer=(CLOUD_EVENT,),
    ours=True,
)
def get_published(call: Call) -> Any:
    after = call.request.headers.get("Last-Event-ID") or call.query.get("after", "")
    kind = call.query.get("type")
    if call.request.accept_mimetypes.best == "text/event-stream":
        engine, settings = call.engine, call.settings
        stream: Response = sse.response(settings.max_streams, lambda: published.frames(engine, settings, after, kind))
        return stream
    limit = max(0, min(call.query.get("maxResults", MAX_PUBLISHED), MAX_PUBLISHED))
    return [
        {**event, "cursor": cursor} for cursor, event in call.engine.outbox.list_published(after or "0", kind, limit)
    ]
