"""``/conversion``: a file of another engine in, a file that runs and a report out; the server keeps nothing of it."""

from __future__ import annotations

from baton.convert import convert
from baton.web.answers.conversion import Conversion, show_conversion
from baton.web.context import RequestContext
from baton.web.models.conversion import Convert
from baton.web.routes.group import Group

GROUP = Group("Conversion", "Files of other engines, made to run here", resource="process-definition")


@GROUP.post(
    "/conversion",
    "Convert a BPMN file of Camunda 7, Activiti or Flowable, and report on one of another engine",
    changes=False,
    baton_extension=True,
    needs="process-definition:check",
)
def convert_file(context: RequestContext, body: Convert) -> Conversion:
    beside = {resource.name: resource.content.encode() for resource in body.resources or ()}
    found = context.engine.compute.run(convert, body.bpmn.encode(), body.name or "process.bpmn", beside)
    return show_conversion(found, body.stubs)
