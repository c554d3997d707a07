"""The groups of paths, one file each; ``groups()`` is the table of everything that is served under ``/engine-rest``."""

from __future__ import annotations

from baton.web.resources import (
    deployment,
    event_subscription,
    events_in,
    execution,
    external_task,
    history,
    history_instance,
    history_logs,
    incident,
    job,
    live,
    misc,
    process_definition,
    process_instance,
    task,
)
from baton.web.routing import Group

GROUPS: tuple[Group, ...] = (
    deployment.GROUP,
    process_definition.GROUP,
    live.GROUP,
    process_instance.GROUP,
    events_in.GROUP,
    event_subscription.GROUP,
    execution.GROUP,
    external_task.GROUP,
    task.GROUP,
    job.GROUP,
    incident.GROUP,
    history_instance.GROUP,
    history.GROUP,
    misc.GROUP,
)
assert history_logs.__name__  # its routes are in the history group
