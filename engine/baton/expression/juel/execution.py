"""The ``execution`` object of JUEL: the engine's facts and the variables by name."""

from __future__ import annotations

import re
from typing import Any, cast

from baton.expression.core.equality import measure
from baton.expression.core.errors import ExpressionError, suggest
from baton.expression.core.frame import Frame, Function
from baton.expression.core.limits import describe
from baton.expression.core.scope import ChangingScope
from baton.expression.core.tree import Call

REFUSED = frozenset({"setVariableLocal", "setVariablesLocal", "removeVariableLocal", "removeVariablesLocal"})
"""What changes the variables of one execution alone: which that is differs from engine to engine."""
_GETTER = re.compile(r"(?:get|is)([A-Z])(\w*)")
FACTS = frozenset(
    {
        *("id", "activityInstanceId", "currentActivityId", "activityId", "currentActivityName", "activityName"),
        *("processInstanceId", "processInstanceBusinessKey", "processBusinessKey", "businessKey"),
        *("processDefinitionId", "processDefinitionKey", "tenantId", "eventName", "canceled"),
    }
)
"""What can be known of an execution, wherever an expression stands."""
_ALIASES = {
    "processBusinessKey": "businessKey",
    "businessKey": "processBusinessKey",
    "currentActivityId": "activityId",
    "activityId": "currentActivityId",
    "currentActivityName": "activityName",
    "activityInstanceId": "id",
    "id": "activityInstanceId",
}


def get_fact(frame: Frame, name: str, called: bool) -> Any:
    """``execution.name``, or ``execution.getName()`` when ``called``."""
    facts = _facts(frame)
    wanted = _get_property(name) if called else name
    for key in (wanted, _ALIASES.get(wanted)):
        if key is not None and key in facts:
            return facts[key]
    raise ExpressionError(f"Expected a property of 'execution', but found '{name}'{suggest(wanted, facts)}")


def _get_property(method: str) -> str:
    """The property that a getter reads: ``getId`` and ``isCanceled`` read ``id`` and ``canceled``."""
    found = _GETTER.fullmatch(method)
    return found.group(1).lower() + found.group(2) if found is not None else method


def _facts(frame: Frame) -> dict[str, Any]:
    facts = frame.scope.context.get("execution")
    if not isinstance(facts, dict):
        raise ExpressionError("Expected to know the execution here, but found none")
    return cast("dict[str, Any]", facts)


def _variable_name(name: Any) -> str:
    if not isinstance(name, str):
        raise ExpressionError(f"Expected the name of a variable, but found {describe(name)}")
    return name


def _get_variable(frame: Frame, name: Any) -> Any:
    key = _variable_name(name)
    return frame.scope.get(key) if key in frame.scope else None


def _has_variable(frame: Frame, name: Any) -> bool:
    return _variable_name(name) in frame.scope


def _variables(frame: Frame) -> dict[str, Any]:
    names = list(frame.scope.list_names())
    frame.budget.spend(len(names))
    return {name: frame.scope.get(name) for name in names}


def _variable_names(frame: Frame) -> list[str]:
    names = list(frame.scope.list_names())
    frame.budget.spend(len(names))
    return names


def _set_variable(frame: Frame, name: Any, value: Any) -> None:
    measure(value)
    _changing(frame).change({_variable_name(name): frame.semantics.leave(frame, value)})


def _set_variables(frame: Frame, values: Any) -> None:
    if not isinstance(values, dict):
        raise ExpressionError(f"Expected variables by name, but found {describe(values)}")
    for name, value in cast("dict[Any, Any]", values).items():
        _set_variable(frame, name, value)


def _remove_variable(frame: Frame, name: Any) -> None:
    _changing(frame).remove(_variable_name(name))


def _changing(frame: Frame) -> ChangingScope:
    if not isinstance(frame.scope, ChangingScope):
        raise ExpressionError("Expected an expression that sets no variables at this place")
    return frame.scope


CHANGES: dict[str, Function] = {
    "setVariable": Function(_set_variable, 2, 2),
    "setVariables": Function(_set_variables, 1, 1),
    "removeVariable": Function(_remove_variable, 1, 1),
}
EXECUTION: dict[str, Function] = {
    "getVariable": Function(_get_variable, 1, 1),
    "hasVariable": Function(_has_variable, 1, 1),
    "getVariables": Function(_variables),
    "getVariableNames": Function(_variable_names),
    **CHANGES,
}


class ExecutionCall(Call):
    """A property or method of ``execution``; some methods change variables."""

    def is_known(self) -> bool:
        return self.name in EXECUTION or self.name in FACTS or _get_property(self.name) in FACTS

    def changes_variables(self) -> bool:
        return self.name in CHANGES or super().changes_variables()
