"""What a simulation is asked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from baton.service import SimulationRequest
from baton.web.models.base import Command
from baton.web.models.fields import Moment, Names, Variables, Whole


class SimulationResource(Command):
    """A file beside the draft."""

    name: str
    content: str


class SimulationCommand(Command):
    """What is done to the instance."""

    type: Literal[
        "start", "complete", "fail", "error", "escalation", "message",
        "signal", "timer", "variables", "resolve", "rollback", "cancel",
    ]  # fmt: skip
    id: str | None = Field(None, description="of the task, job, subscription or incident; or name its element")
    activityId: str | None = Field(
        None, description="the element it is about: of a start, the start event; of a rollback, where to"
    )
    name: str | None = Field(None, description="of the message or signal")
    code: str | None = Field(None, description="of the error or escalation")
    message: str | None = Field(None, description="of the error, the failure or the cancellation")
    retries: Whole | None = None
    businessKey: str | None = None
    startBefore: Names | None = Field(None, description="elements to start before, instead of a start event")
    compensate: bool | None = None
    variables: Variables | None = None

    def to_request(self) -> SimulationRequest:
        """The command as the service takes it."""
        return SimulationRequest(
            kind=self.type,
            id=self.id,
            element=self.activityId,
            name=self.name,
            code=self.code,
            message=self.message,
            retries=self.retries,
            business_key=self.businessKey,
            before=self.startBefore or (),
            compensate=self.compensate or False,
            variables=self.variables or {},
        )


class Simulate(Command):
    """One step of a simulated instance."""

    bpmn: str | None = Field(None, description="the draft; or give a processDefinitionId")
    processDefinitionId: str | None = None
    processId: str | None = Field(None, description="which process of the draft; the first unless named")
    resources: list[SimulationResource] | None = Field(
        None, description="files beside the draft: other processes, decisions"
    )
    state: str | None = Field(None, description="as it was answered before; without it the simulation begins")
    command: SimulationCommand | None = None
    now: Moment | None = Field(None, description="let time pass to this moment; without it time stands still")
    stopAt: Names | None = Field(
        None, description="breakpoints: it stops before these elements do anything; `*` means every element"
    )
    pause: bool | None = Field(None, description="do the command, and run nothing yet")
    planTo: str | None = Field(
        None, description="the plan of the answer is that of going back to this element, not of undoing everything"
    )
