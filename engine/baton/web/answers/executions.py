"""Executions, and what a message did."""

from __future__ import annotations

from typing import Literal

from baton.web.answers.instances import ProcessInstance
from baton.web.models.base import Answer
from baton.web.models.fields import ShownVariables


class Execution(Answer):
    """A token as something that can be addressed."""

    id: str
    processInstanceId: str
    ended: bool
    tenantId: str | None


class CorrelationResult(Answer):
    """Who got a message: an execution, or an instance that it started."""

    omitted = frozenset({"variables"})

    resultType: Literal["Execution", "ProcessDefinition"]
    execution: Execution | None = None
    processInstance: ProcessInstance | None = None
    variables: ShownVariables | None = None
