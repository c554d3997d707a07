"""How a function takes its task: the task itself, or variables by name, converted to what its parameters say."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import PydanticUserError, TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError

from baton.worker.describing import describe_value
from baton.worker.errors import Failure
from baton.worker.task import Task

_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
Taken = tuple[Sequence[Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter that is a variable."""

    name: str
    says: str
    adapter: TypeAdapter[Any]
    required: bool


@dataclass(frozen=True, slots=True)
class Arguments:
    """``task_as`` is the name of the parameter that takes the task; None with no ``parameters``: the first one does."""

    parameters: tuple[Parameter, ...] = ()
    task_as: str | None = None

    @property
    def names(self) -> tuple[str, ...] | None:
        """The only variables that are wanted; None for all."""
        takes_task = self.task_as is not None or not self.parameters
        return None if takes_task else tuple(parameter.name for parameter in self.parameters)

    def take(self, task: Task) -> Taken:
        """What to call the function with. Raises Failure, without a retry, for variables that are missing or wrong."""
        if not self.parameters:
            return ((task,), {}) if self.task_as is None else ((), {self.task_as: task})
        wrong: list[str] = []
        found = {} if self.task_as is None else {self.task_as: task}
        for parameter in self.parameters:
            _take_one(parameter, task, found, wrong)
        if wrong:
            raise Failure("; ".join(wrong), retries=0)
        return (), found


def read_arguments(function: Callable[..., Any], topic: str) -> Arguments:
    """Raises TypeError for a function that can be called with neither the task nor variables by name."""
    expected = f"Expected for topic '{topic}' a function of the task, or of variables by name with their types"
    try:
        signature = inspect.signature(function)
    except ValueError:
        return Arguments()  # some built-in functions have none to look at
    parameters = list(signature.parameters.values())
    hints = _read_hints(function, parameters, expected)
    task_as = next((name for name, hint in hints.items() if hint is Task), None)
    typed = [parameter for parameter in parameters if parameter.name in hints and parameter.name != task_as]
    if not typed:
        return _take_task(signature, task_as, expected)
    for parameter in parameters:
        _check_by_name(parameter, hints, signature, expected)
    return Arguments(tuple(_adapt(parameter, hints[parameter.name], expected) for parameter in typed), task_as)


def _read_hints(function: Callable[..., Any], parameters: Sequence[inspect.Parameter], expected: str) -> dict[str, Any]:
    """The annotations that mean something. A lone ``task: Any`` is the task."""
    target = function if inspect.isroutine(function) else type(function).__call__
    try:
        hints = get_type_hints(target, include_extras=True)
    except Exception as error:
        if len(parameters) == 1 and parameters[0].annotation in ("Task", "worker.Task", "baton.worker.Task"):
            return {}  # imported for the type checker alone
        raise TypeError(f"{expected}, but its annotations cannot be read: {error}") from None
    named = {parameter.name: hints[parameter.name] for parameter in parameters if parameter.name in hints}
    if len(parameters) == 1 and any(hint in (Any, object) for hint in named.values()):
        return {}
    return named


def _take_task(signature: inspect.Signature, task_as: str | None, expected: str) -> Arguments:
    by_keyword = task_as and signature.parameters[task_as].kind is inspect.Parameter.KEYWORD_ONLY
    try:
        _ = signature.bind(**{str(task_as): None}) if by_keyword else signature.bind(None)
    except TypeError as error:
        raise TypeError(f"{expected}, but it takes {signature}: {error}") from None
    return Arguments(task_as=task_as if by_keyword else None)


def _check_by_name(
    parameter: inspect.Parameter, hints: Mapping[str, Any], signature: inspect.Signature, expected: str
) -> None:
    if parameter.kind not in _BY_NAME:
        raise TypeError(f"{expected}, but '{parameter.name}' of {signature} cannot be given by name")
    if parameter.name not in hints:
        raise TypeError(f"{expected}, but '{parameter.name}' of {signature} has no type")


def _adapt(parameter: inspect.Parameter, hint: Any, expected: str) -> Parameter:
    try:
        adapter = TypeAdapter[Any](hint)
    except (PydanticSchemaGenerationError, PydanticUserError) as error:
        if not isinstance(hint, type):
            raise TypeError(f"{expected}, but '{parameter.name}' cannot be made of a variable: {error}") from None
        raise TypeError(f"{expected}, but no variable can become '{parameter.name}': {hint.__name__}") from None
    return Parameter(parameter.name, _name_type(hint), adapter, parameter.default is parameter.empty)


def _take_one(parameter: Parameter, task: Task, found: dict[str, Any], wrong: list[str]) -> None:
    if parameter.name not in task.variables:
        if parameter.required:
            wrong.append(_say_missing(parameter, task))
        return
    value = task.variables[parameter.name]
    try:
        found[parameter.name] = parameter.adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        where = f"Variable '{parameter.name}'" + (f" at {place}" if place else "")
        wrong.append(f"{where}: Expected {parameter.says}, but found {describe_value(value)}: {first['msg']}")


def _say_missing(parameter: Parameter, task: Task) -> str:
    near = difflib.get_close_matches(parameter.name, list(task.variables), 1)
    hint = f"did you mean '{near[0]}'?" if near else f"the task has {', '.join(sorted(task.variables)) or 'none'}"
    return f"Expected a variable '{parameter.name}' ({parameter.says}), but there is none: {hint}"


def _name_type(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")
