"""Requests that change many instances."""

from __future__ import annotations

from pydantic import Field

from baton.web.models.fields import IgnoredFlag, Unsupported, Variables
from baton.web.models.process_instance import ModificationInstruction, ProcessInstances


class Modification(ProcessInstances):
    """The steps of a modification, and the instances that it is made in."""

    instructions: list[ModificationInstruction]
    processDefinitionId: str | None = Field(None, description="refuse instances of another definition")
    annotation: str | None = None
    skipCustomListeners: IgnoredFlag = None
    skipIoMappings: Unsupported = None


class SetVariablesOfMany(ProcessInstances):
    """The variables to set, and the instances."""

    variables: Variables
