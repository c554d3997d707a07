"""From text to something that can be evaluated, once."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from baton.expression import feel, juel, python
from baton.expression.core.equality import measure
from baton.expression.core.errors import ExpressionError, suggest
from baton.expression.core.frame import Frame, Semantics
from baton.expression.core.limits import MAX_SOURCE, describe
from baton.expression.core.methods import METHODS
from baton.expression.core.scope import Scope
from baton.expression.core.tree import Index, Literal, Member, Method, Name, Node
from baton.expression.juel.execution import ExecutionCall
from baton.model.attributes import Dialect
from baton.model.values import Value

_DIALECTS: Mapping[str, tuple[Callable[[str], Node], Semantics]] = {
    "juel": (juel.parse, juel.JUEL),
    "feel": (feel.parse, feel.FEEL),
    "python": (python.parse, python.PYTHON),
    "literal": (lambda text: Literal(0, text), juel.JUEL),
}
_RUNAWAY = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError, MemoryError)
"""What the interpreter may still meet on odd values; it becomes an ExpressionError like everything else."""
_FAILURES = (ExpressionError, *_RUNAWAY)


class ForeignCall(NamedTuple):
    """``variable`` is the one at the beginning of ``a.b.method()``; None if it does not begin with one."""

    variable: str | None
    method: str
    has_arguments: bool


def _find_root_name(call: Method) -> str | None:
    at: Node = call
    while isinstance(at, Method | Member | Index):
        at = at.target
    return at.name if isinstance(at, Name) else None


class Compiled:
    """An expression ready to be evaluated, any number of times and by several threads. ``names``: free variables.

    One that ``changes_variables`` needs a `ChangingScope`.
    """

    __slots__ = ("_plain", "_root", "_semantics", "changes_variables", "dialect", "names", "text")

    def __init__(self, text: str, dialect: Dialect, parse: Callable[[str], Node] | None = None) -> None:
        self.text = text
        self.dialect: Dialect = dialect
        usual, self._semantics = _DIALECTS[dialect]
        parse = parse or usual
        try:
            self._root = parse(text)
            self.names = self._root.find_free_names()
            self.changes_variables = self._root.changes_variables()
        except ExpressionError as error:
            raise error.add_text(text) from None
        except RecursionError:
            raise ExpressionError("Expected a shallower expression, but found one nested too deep", "syntax") from None
        self._plain = isinstance(self._root, Literal)

    def count_nodes(self) -> int:
        return self._root.count_nodes()

    def find_names(self) -> Iterator[tuple[str, int]]:
        """The names of variables and of members, each with its position in the text."""
        for node in self._root.walk():
            if isinstance(node, Name | Member):
                yield node.name, node.position

    def find_foreign_calls(self) -> Iterator[ForeignCall]:
        """Calls of methods that no plain value has, such as those of a Java bean."""
        for node in self._root.walk():
            if isinstance(node, Method) and node.name not in METHODS:
                yield ForeignCall(_find_root_name(node), node.name, bool(node.arguments))
            elif isinstance(node, ExecutionCall) and not node.is_known():
                yield ForeignCall("execution", node.name, True)

    @property
    def is_constant(self) -> bool:
        """Reads no variable and calls nothing."""
        return self._plain

    def evaluate(self, scope: Scope) -> Value:
        """The value in ``scope``; raises ExpressionError of kind "evaluation"."""
        return self._run(scope, None, self._leave)

    def holds(self, scope: Scope) -> bool:
        """The value as a condition; when it is none, the error also names the variables that are missing."""
        value = self.evaluate(scope)
        if isinstance(value, bool):
            return value
        missing = [name for name in sorted(self.names) if name not in scope and name not in scope.context]
        known = [*scope.list_names(), *scope.context]
        hint = "".join(f"; there is no variable '{name}'{suggest(name, known)}" for name in missing[:3])
        raise ExpressionError(f"Expected a condition to be true or false, but found {describe(value)}{hint}").add_text(
            self.text
        )

    def evaluate_raw(self, scope: Scope, local: Mapping[str, Any] | None = None) -> Any:
        """The value as the dialect holds it (FEEL's dates and durations), with names bound by ``local``."""
        return self._run(scope, local, _measured)

    def _run(self, scope: Scope, local: Mapping[str, Any] | None, leave: Callable[[Frame, Any], Any]) -> Any:
        frame = Frame(scope, self._semantics, local=local)
        try:
            return leave(frame, self._root.run(frame))
        except _FAILURES as error:
            raise self._explain(error) from error.__cause__

    def run_in(self, frame: Frame) -> Any:
        """The value within another evaluation: on its budget, with what its frame sees."""
        if frame.semantics is not self._semantics:
            frame = Frame(frame.scope, self._semantics, frame.budget, None, frame)
        try:
            return self._root.run(frame)
        except _FAILURES as error:
            raise self._explain(error) from error.__cause__

    def _explain(self, error: Exception) -> ExpressionError:
        """The error, with the text that it came from."""
        if isinstance(error, ExpressionError):
            return error.add_text(self.text)
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        found = ExpressionError(f"Expected an expression that can be evaluated, but found: {reason}")
        return found.add_text(self.text)

    def _leave(self, frame: Frame, value: Any) -> Value:
        if type(value) in (bool, str, float, type(None)):
            return value
        measure(value)
        return self._semantics.leave(frame, value)


def _measured(_: Frame, value: Any) -> Any:
    measure(value)
    return value


@lru_cache(maxsize=4096)
def compile_expression(text: str, dialect: Dialect) -> Compiled:
    """The expression, compiled and remembered; raises ExpressionError of kind "syntax"."""
    if dialect != "literal" and len(text) > MAX_SOURCE:
        raise ExpressionError(
            f"Expected an expression of at most {MAX_SOURCE} characters, but found {len(text)}", "syntax", 0
        )
    return Compiled(text, dialect)


def compile_feel(text: str, vocabulary: feel.Vocabulary) -> Compiled:
    """An expression that knows names and types of its model; raises ExpressionError of kind "syntax"."""
    return Compiled(text, "feel", lambda written: feel.parse(written, vocabulary))


def compile_unary_tests(text: str, vocabulary: feel.Vocabulary = feel.PLAIN) -> Compiled:
    """FEEL's tests of a decision table's cell; they look at the value bound to ``?``. Raises ExpressionError."""
    return Compiled(text, "feel", lambda written: feel.parse_unary_tests(written, vocabulary))


def detect(text: str, plain: Dialect = "literal") -> Dialect:
    """The dialect a text is written in: ``${``/``#{`` anywhere, a leading ``=``, or else ``plain``."""
    if "${" in text or "#{" in text:
        return "juel"
    return "feel" if text.lstrip().startswith("=") else plain


def is_truthy(value: Value) -> bool:
    """The value of a condition, which must be true or false."""
    if isinstance(value, bool):
        return value
    raise ExpressionError(f"Expected a condition to be true or false, but found {describe(value)}")
