"""The groups of paths, one file each; ``groups()`` is the table of everything that is served under ``/engine-rest``."""

from __future__ import annotations

from baton.web.resources import (
    bulk,
    decision_definition,
    deployment,
    draft,
    event_subscription,
    events_in,
    execution,
    external_task,
    external_task_bulk,
    history,
    history_instance,
    history_logs,
    history_work,
    incident,
    job,
    live,
    metrics,
    misc,
    openid,
    people,
    process_definition,
    process_instance,
    rights,
    signing_in,
    simulation,
    task,
    variable_instance,
    watchdog,
)
from baton.web.routes.group import Group

GROUPS: tuple[Group, ...] = (
    deployment.GROUP,
    process_definition.GROUP,
    simulation.GROUP,
    draft.GROUP,
    decision_definition.GROUP,
    live.GROUP,
    process_instance.GROUP,
    bulk.GROUP,
    events_in.GROUP,
    event_subscription.GROUP,
    execution.GROUP,
    variable_instance.GROUP,
    external_task.GROUP,
    task.GROUP,
    job.GROUP,
    incident.GROUP,
    history_instance.GROUP,
    history.GROUP,
    misc.GROUP,
    metrics.GROUP,
    people.GROUP,
    rights.GROUP,
    signing_in.GROUP,
    openid.GROUP,
)
_MORE = (history_logs, history_work, external_task_bulk, watchdog)
"""They add their routes to the groups of ``history``, ``external_task`` and ``misc``."""
