"""Expressions of a definition, compiled once, evaluated for a token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from baton.expression import ExpressionError, Scope, compile_expression, is_truthy
from baton.model.attributes import Expression, ListValue, MappingValue, MapValue, Script
from baton.model.declared import get_declaration
from baton.model.values import Value
from baton.runtime.core.errors import StepFailed
from baton.runtime.data.variables import Layer, TokenScope

if TYPE_CHECKING:
    from baton.runtime.core.token import Token


class Compiled:
    """An expression ready to be evaluated; a literal is a constant."""

    def __init__(self, expression: Expression) -> None:
        self.text = expression.text
        self.python = expression.text if expression.dialect == "python" else None
        self.code = None if expression.dialect == "literal" else compile_expression(expression.text, expression.dialect)
        self.changes_variables = self.code is not None and self.code.changes_variables
        self._reference = _find_reference(expression) if self.code is not None else None

    @property
    def names(self) -> frozenset[str]:
        return self.code.names if self.code is not None else frozenset()

    def evaluate(self, scope: Scope) -> Value:
        """The value in a scope. Raises ExpressionError."""
        return self.text if self.code is None else self.code.evaluate(scope)

    def accept(self, value: Value) -> Value:
        return value

    def evaluate_at(self, token: Token, extra: Layer | None = None) -> Value:
        """The value seen from the token. Raises ExpressionError.

        An expression that only names a variable hands it on as it is, with the type that was declared of it.
        """
        if self.code is None:
            return self.text
        value = token.workflow.script_engine.evaluate(token, self, extra)
        return value if self._reference is None else _keep_declaration(token, self._reference, value, extra)

    def holds(self, token: Token, extra: Layer | None = None) -> bool:
        """The value as a condition. Raises ExpressionError if it is not a truth value."""
        if self.code is None:
            return _literal_truth(self.text)
        return is_truthy(self.evaluate_at(token, extra))

    def evaluate_text(self, token: Token) -> str | None:
        """The value as a text; None stays None."""
        value = self.evaluate_at(token)
        return None if value is None else value if isinstance(value, str) else str(value)

    def evaluate_texts(self, token: Token) -> tuple[str, ...]:
        """A list, or a comma-separated text, as texts."""
        value = self.evaluate_at(token)
        parts = value if isinstance(value, list) else str(value).split(",") if value is not None else []
        return tuple(str(part).strip() for part in parts if str(part).strip())

    def evaluate_integer(self, token: Token, what: str) -> int:
        """The value as a whole number. Raises StepFailed naming ``what`` otherwise."""
        value = self.evaluate_at(token)
        try:
            if isinstance(value, bool) or not isinstance(value, int | float | str) or float(value) != int(float(value)):
                raise ValueError
            return int(float(value))
        except (ValueError, OverflowError):
            raise StepFailed(
                "failedJob", f"Expected a whole number for {what}, but '{self.text}' is {value!r}"
            ) from None


_REFERENCES: dict[str, re.Pattern[str]] = {
    "juel": re.compile(r"\s*[$#]\{\s*(\w+)\s*\}\s*"),
    "feel": re.compile(r"\s*=\s*(\w+)\s*"),
    "python": re.compile(r"\s*(\w+)\s*"),
}


def _find_reference(expression: Expression) -> str | None:
    """The variable that is all of the expression."""
    pattern = _REFERENCES.get(expression.dialect)
    found = pattern.fullmatch(expression.text) if pattern is not None else None
    return found[1] if found is not None else None


def _keep_declaration(token: Token, name: str, value: Value, extra: Layer | None) -> Value:
    """The variable itself, if the expression has given its value and a type was declared of it."""
    try:
        declared = TokenScope(token, extra).get_declared(name)
    except KeyError:
        return value
    return declared if get_declaration(declared) is not None and declared == value else value


def compile_optional(expression: Expression | None) -> Compiled | None:
    """The expression compiled, if there is one."""
    return None if expression is None else Compiled(expression)


def evaluate_text(expression: Compiled | None, token: Token) -> str | None:
    return None if expression is None else expression.evaluate_text(token)


class CompiledMapping:
    """The value of an input or output mapping: an expression, a script, or a list or map of such."""

    def __init__(self, value: MappingValue) -> None:
        self._source = value
        self._code = Compiled(value) if isinstance(value, Expression) else None
        self._items = [CompiledMapping(item) for item in value.items] if isinstance(value, ListValue) else []
        self._entries = [(k, CompiledMapping(v)) for k, v in value.entries] if isinstance(value, MapValue) else []

    def evaluate_at(self, token: Token, extra: Layer | None = None) -> Value:
        """The value seen from the token. Raises ExpressionError."""
        if self._code is not None:
            return self._code.evaluate_at(token, extra)
        if isinstance(self._source, Script):
            return token.workflow.script_engine.run_mapping(token, self._source, extra)
        if isinstance(self._source, ListValue):
            return [item.evaluate_at(token, extra) for item in self._items]
        return {name: item.evaluate_at(token, extra) for name, item in self._entries}


def _literal_truth(text: str) -> bool:
    word = text.strip().lower()
    if word not in ("true", "false"):
        raise ExpressionError(f"Expected a condition, but '{text}' is a plain text; write an expression such as ${{…}}")
    return word == "true"


class Condition(Compiled):
    """An expression that must be true or false, as the library asks for the condition of a flow."""

    def evaluate(self, scope: Scope) -> bool:
        """Raises ExpressionError if it is not a truth value."""
        return _literal_truth(self.text) if self.code is None else is_truthy(super().evaluate(scope))

    def accept(self, value: Value) -> bool:
        return is_truthy(value)


ALWAYS = Condition(Expression("true"))
