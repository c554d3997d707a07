"""What stops a step for a reason of the model or the data; anything else that is raised is a bug."""

from __future__ import annotations

from baton.expression import ExpressionError
from baton.model.errors import NotFound


class StepFailed(Exception):
    """A step failed for a reason of the model or the data; ``kind`` becomes the incident's."""

    def __init__(self, kind: str, message: str, details: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.details = details


class CommandFailed(Exception):
    """A step that followed from a command has failed, and nothing of the command is to be kept."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


STEP_FAILURES = (StepFailed, ExpressionError, NotFound)
