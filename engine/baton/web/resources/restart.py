"""``/process-definition/{id}/restart``: ended instances begin again, as new ones."""

from __future__ import annotations

from baton.web.answers.batch import Batch, show_batch
from baton.web.context import RequestContext
from baton.web.models.restart import RestartInstances
from baton.web.resources import process_definition


@process_definition.GROUP.post(
    "/process-definition/<id>/restart", "Begin ended instances again", needs="process-definition:start"
)
def restart(context: RequestContext, id: str, body: RestartInstances) -> None:
    context.engine.restarts.execute(body.to_request(context.engine, id), context.by)


@process_definition.GROUP.post(
    "/process-definition/<id>/restart-async",
    "Begin ended instances again, as a batch",
    needs="process-definition:start",
)
def restart_later(context: RequestContext, id: str, body: RestartInstances) -> Batch:
    return show_batch(context.engine.restarts.execute_later(body.to_request(context.engine, id)))
