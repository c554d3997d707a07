"""What JUEL's operators, properties and functions mean: Expression Language's coercions."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from baton.expression.core import numbers
from baton.expression.core.equality import are_equal, measure
from baton.expression.core.errors import ExpressionError
from baton.expression.core.facade import Facade
from baton.expression.core.frame import Frame, Function, Operator, Semantics
from baton.expression.core.limits import check_text, describe
from baton.expression.core.methods import call_method
from baton.expression.core.methods_text import to_template_text


def to_number(value: Any) -> int | float:
    """EL coercion: null is 0, a text is read as a number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if value is None or value == "":
        return 0
    parsed = numbers.parse_number(value) if isinstance(value, str) else None
    if parsed is None:
        hint = "; to join texts write ${a}${b} or a.concat(b)" if isinstance(value, str) else ""
        raise ExpressionError(f"Expected a number, but found {describe(value)}{hint}")
    return parsed


def to_boolean(value: Any) -> bool:
    """EL coercion: null and the empty text are false, "true" is true."""
    if isinstance(value, bool):
        return value
    if value is None or value == "":
        return False
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise ExpressionError(f"Expected true or false, but found {describe(value)}")


def _date(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            found = None
        if found is not None and found.tzinfo is not None:
            return found
    raise ExpressionError(f"Expected a date, but found {describe(value)}")


def are_same(frame: Frame, left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    if type(left) is type(right):
        return are_equal(frame, left, right)
    for kind, coerce in ((bool, to_boolean), (datetime, _date)):
        if isinstance(left, kind) or isinstance(right, kind):
            return coerce(left) == coerce(right)
    if numbers.is_number(left) or numbers.is_number(right):
        return to_number(left) == to_number(right)
    return are_equal(frame, left, right)


def _order(left: Any, right: Any) -> int:
    if isinstance(left, datetime) or isinstance(right, datetime):
        one, other = _date(left), _date(right)
    elif isinstance(left, str) and isinstance(right, str):
        one, other = left, right
    else:
        one, other = to_number(left), to_number(right)
    return (one > other) - (one < other)  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]


def _ordered(holds: Callable[[int], bool], when_both_null: bool) -> Operator:
    def compare(_: Frame, left: Any, right: Any) -> bool:
        if left is None or right is None:
            return when_both_null and left is right
        return holds(_order(left, right))

    return compare


def _arithmetic(apply: Callable[[Any, Any], Any]) -> Operator:
    return lambda _, left, right: apply(to_number(left), to_number(right))


def _is_empty(_: Frame, value: Any) -> bool:
    return value is None or (isinstance(value, (str, list, dict)) and not value)


def _json(frame: Frame, value: Any) -> Any:
    """Spin's ``S`` and ``JSON``: a text is parsed, any other value is JSON already."""
    if not isinstance(value, str):
        return value
    frame.budget.spend(1 + len(value) // 100)
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        raise ExpressionError(f"Expected JSON, but found {describe(value)}") from None
    measure(parsed)
    return parsed


def _fact(key: str) -> Callable[[Frame], Any]:
    return lambda frame: frame.scope.context.get(key)


FUNCTIONS: Mapping[str, Function] = {
    "now": Function(lambda frame: frame.get_now()),
    "dateTime": Function(lambda frame: frame.get_now()),
    "S": Function(_json, 1, 1),
    "JSON": Function(_json, 1, 1),
    "currentUser": Function(_fact("currentUser")),
    "currentUserGroups": Function(_fact("currentUserGroups")),
}


class Juel(Semantics):
    dialect = "JUEL"
    functions = FUNCTIONS
    operators: Mapping[str, Operator] = {
        "==": are_same,
        "!=": lambda frame, left, right: not are_same(frame, left, right),
        "<": _ordered(lambda sign: sign < 0, when_both_null=False),
        ">": _ordered(lambda sign: sign > 0, when_both_null=False),
        "<=": _ordered(lambda sign: sign <= 0, when_both_null=True),
        ">=": _ordered(lambda sign: sign >= 0, when_both_null=True),
        "+": _arithmetic(lambda left, right: numbers.check_finite(left + right)),
        "-": _arithmetic(lambda left, right: numbers.check_finite(left - right)),
        "*": _arithmetic(numbers.multiply),
        "/": _arithmetic(numbers.divide),
        "%": _arithmetic(numbers.take_remainder),
        "+=": lambda frame, left, right: check_text(to_template_text(frame, left) + to_template_text(frame, right)),
    }
    unary: Mapping[str, Callable[[Frame, Any], Any]] = {
        "not": lambda _, value: not to_boolean(value),
        "-": lambda _, value: -to_number(value),
        "empty": _is_empty,
    }

    def get_truth(self, frame: Frame, value: Any) -> bool:  # noqa: ARG002
        return to_boolean(value)

    def get_member(self, frame: Frame, target: Any, name: str) -> Any:
        if target is None:
            return None
        if isinstance(target, dict):
            return target.get(name)
        if isinstance(target, Facade):
            return target.read(name)
        return self._bean(frame, target, name)

    def _bean(self, frame: Frame, target: Any, name: str) -> Any:
        """A property of a value that is not an object: its getter, if it has one."""
        for getter in (f"get{name[0].upper()}{name[1:]}", f"is{name[0].upper()}{name[1:]}"):
            try:
                return call_method(frame, target, getter, ())
            except ExpressionError:
                continue
        raise ExpressionError(
            f"Expected a property of {describe(target)}, but found '{name}'; methods are called with '()'"
        )

    def get_item(self, frame: Frame, target: Any, key: Any) -> Any:
        if target is None or key is None:
            return None
        if isinstance(target, dict):
            return target.get(key if isinstance(key, str) else to_template_text(frame, key))
        if isinstance(target, list):
            at = numbers.to_whole(to_number(key), "index")
            return target[at] if 0 <= at < len(target) else None
        return self._bean(frame, target, key) if isinstance(key, str) and key else None

    def call_method(self, frame: Frame, target: Any, name: str, args: Sequence[Any]) -> Any:
        if isinstance(target, Facade):
            return target.call(frame, name, args)
        return call_method(frame, target, name, args)


JUEL = Juel()
