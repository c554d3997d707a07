"""Variables of running instances, across instances."""

from __future__ import annotations

from typing import Any

from baton.web.models.base import Answer


class VariableInstance(Answer):
    """A variable of a running instance."""

    id: str
    name: str
    type: str
    processDefinitionId: str | None
    processInstanceId: str | None
    executionId: str | None
    value: Any
    valueInfo: dict[str, Any]
    activityInstanceId: str | None
    caseInstanceId: None = None
    caseExecutionId: None = None
    taskId: str | None
    batchId: None = None
    tenantId: str | None
    errorMessage: None = None
