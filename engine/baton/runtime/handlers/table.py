"""Which function decides which command. To add a command: one function, one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from baton.model import commands
from baton.model.values import Value
from baton.runtime.handlers import (
    compensation,
    external_tasks,
    incidents,
    instances,
    jobs,
    messages,
    migration,
    modification,
    observing,
    user_tasks,
    variables,
)
from baton.runtime.handlers.context import Turn

Handler = Callable[[Turn, Any], "Mapping[str, Value] | None"]
"""Applies one command; gives what is answered, if anything. Raises Rejected if it cannot be applied, and then nothing
has changed."""

HANDLERS: dict[type, Handler] = {
    commands.StartInstance: instances.start,
    commands.CreateTask: user_tasks.create,
    commands.SuspendInstance: instances.suspend,
    commands.ResumeInstance: instances.resume,
    commands.CancelInstance: instances.cancel,
    commands.CompleteExternalTask: external_tasks.complete,
    commands.FailExternalTask: external_tasks.fail,
    commands.ThrowTaskError: external_tasks.throw_error,
    commands.ThrowTaskEscalation: user_tasks.throw_escalation,
    commands.SetExternalTask: external_tasks.change,
    commands.CompleteUserTask: user_tasks.complete,
    commands.ChangeUserTask: user_tasks.change,
    commands.DeliverMessage: messages.deliver_message,
    commands.DeliverSignal: messages.deliver_signal,
    commands.ObserveActivity: observing.observe,
    commands.FireJob: jobs.fire,
    commands.SetJob: jobs.change,
    commands.DeleteJob: jobs.delete,
    commands.RecalculateJob: jobs.compute_due,
    commands.SetVariables: variables.change,
    commands.ModifyInstance: modification.modify,
    commands.MigrateInstance: migration.migrate,
    commands.StartAdHoc: modification.start_ad_hoc,
    commands.Rollback: compensation.rollback,
    commands.RetryUndo: compensation.retry,
    commands.SkipUndo: compensation.skip,
    commands.MarkUndone: compensation.mark_undone,
    commands.ResolveIncident: incidents.resolve,
    commands.SkipIncident: incidents.skip,
    commands.AnnotateIncident: incidents.annotate,
    commands.CreateIncident: incidents.create,
}
