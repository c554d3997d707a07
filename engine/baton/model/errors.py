"""Why a request failed: *rejected* for good, or *overloaded* for now. (Incidents are records; bugs are exceptions.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from baton.model.problems import Problem


class RequestFailed(Exception):
    """Rejected or Overloaded. The message says what was expected, what was found, what to do."""

    kind = "RestException"
    status = 400
    code = 0

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Rejected(RequestFailed):
    """The request is wrong and changed nothing; it would be rejected again."""


class BadRequest(Rejected):
    """The request does not fit: a wrong type, a missing field, a value out of range."""

    kind = "InvalidRequestException"


class NotFound(Rejected):
    """The thing named does not exist (any more)."""

    kind = "InvalidRequestException"
    status = 404


class Conflict(Rejected):
    """The thing exists, but in a state in which this cannot be done."""

    status = 409


class TaskNotLocked(Rejected):
    """A worker acts on an external task that it does not hold."""

    kind = "RestException"


class CannotComplete(Rejected):
    """The state of the instance does not allow the command (Camunda 7 answers 500 with this type)."""

    kind = "ProcessEngineException"
    status = 500


class CannotEvaluate(Rejected):
    """A decision fails on these variables (Camunda 7 answers 500)."""

    status = 500


class MismatchingMessage(Rejected):
    """A message fits no receiver, or more than one."""

    kind = "MismatchingMessageCorrelationException"


class Overloaded(RequestFailed):
    """The server takes no new work now; ``retry_after`` is in seconds.

    Not Rejected, since nothing is decided: what was asked for may exist, be possible, and even have been done.
    """

    status = 503

    def __init__(self, message: str, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotSignedIn(Rejected):
    """The request has no credentials, or wrong ones."""

    kind = "AuthenticationException"
    status = 401


class Forbidden(Rejected):
    """The caller may not do this."""

    kind = "AuthorizationException"
    status = 403


class TooManyAttempts(Overloaded):
    """To sign in, of late and in vain."""

    kind = "AuthenticationException"
    status = 429


class TooManyRequests(Overloaded):
    """Of one caller, of late or at once; ``retry_after`` is in seconds."""

    status = 429


class TooMuchWork(Rejected):
    """Answering takes more time or memory than this server grants one request; the message names the setting."""

    kind = "InvalidRequestException"
    status = 422


class IdempotencyMismatch(Rejected):
    """An idempotency key was used before with another body."""

    status = 422


class DeploymentRefused(Rejected):
    """A resource has errors; nothing was deployed. ``problems`` holds all of them, warnings included.

    The message begins as that of Camunda 7: by this beginning Camunda Modeler knows that the diagram is at fault, and
    shows the errors. Errors of decisions alone begin otherwise, as there.
    """

    kind = "ParseException"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in self.problems if problem.is_error]
        only_decisions = bool(errors) and all(".dmn" in (problem.resource or "") for problem in errors)
        head = "Could not parse DMN decision." if only_decisions else "ENGINE-09005 Could not parse BPMN process."
        super().__init__("\n* ".join([f"{head} Errors:", *map(str, errors)]))

    def __reduce__(self) -> tuple[type[DeploymentRefused], tuple[tuple[Problem, ...]]]:
        """Rebuilt from its problems if it comes from another process."""
        return DeploymentRefused, (self.problems,)
