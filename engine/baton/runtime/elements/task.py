"""Plain and manual tasks: Baton has nothing to do for them (§13.3.3)."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.mixins import ManualTaskMixin, NoneTaskMixin

from baton.runtime.elements.activity import Activity


class Task(Activity, NoneTaskMixin):
    pass


class ManualTask(Activity, ManualTaskMixin):
    pass
