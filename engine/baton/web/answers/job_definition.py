"""What a model has jobs for."""

from __future__ import annotations

from baton.web.models.base import Answer


class JobDefinition(Answer):
    """An element that has jobs: a timer, or an asynchronous continuation."""

    id: str
    processDefinitionId: str
    processDefinitionKey: str
    activityId: str
    jobType: str
    jobConfiguration: str
    overridingJobPriority: None = None
    suspended: bool
    tenantId: str | None
    deploymentId: str
