"""Answers that wait for the end of an instance."""

from __future__ import annotations

from typing import cast

from flask import Response

from baton.web import jsons
from baton.web.answers.instances import InstanceResult, show_result
from baton.web.context import RequestContext
from baton.web.long_poll import wait_for_end
from baton.web.variables import to_rest_variables

ENDED, STILL_RUNNING = 200, 202


def answer_result(context: RequestContext, instance_id: str, timeout_ms: int) -> InstanceResult:
    """200 with the variables of the instance once it has ended, 202 when the time is over before. Raises NotFound."""
    header = wait_for_end(context, instance_id, timeout_ms)
    ended = header.state.is_ended
    variables = to_rest_variables(context.engine.instance_reader.get_variables(instance_id, 0)) if ended else None
    body = jsons.dump(show_result(header, variables))
    response = Response(body, ENDED if ended else STILL_RUNNING, mimetype="application/json")
    return cast("InstanceResult", response)
