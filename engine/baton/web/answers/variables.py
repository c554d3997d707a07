"""Variables of running instances, across instances."""

from __future__ import annotations

from typing import Any

from baton.web.models.base import Answer


class VariableInstance(Answer):
    """A variable of a running instance."""

    id: str
    name: str
    type: str
    processDefinitionId: str
    processInstanceId: str
    executionId: str
    value: Any
    valueInfo: dict[str, Any]
    activityInstanceId: str
    caseInstanceId: None = None
    caseExecutionId: None = None
    taskId: None = None
    batchId: None = None
    tenantId: str | None
    errorMessage: None = None
