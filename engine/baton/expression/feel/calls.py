"""The part of FEEL's grammar for calls, types and unary tests."""

from __future__ import annotations

from baton.expression.core.errors import ExpressionError, make_syntax_error, suggest
from baton.expression.core.lexer import Token
from baton.expression.core.parser import Parser, check_count
from baton.expression.core.tree import Call, Literal, Node
from baton.expression.feel.functions import FUNCTIONS
from baton.expression.feel.nodes import CELL_INPUT, TESTED, Test, Tests

COMPARISONS = ("<=", ">=", "<", ">", "=", "!=")
COMPARE = 3
_PHRASES = ("date and time", "days and time duration", "years and months duration")
TYPES = (
    "number",
    "string",
    "boolean",
    "list",
    "context",
    "date",
    "time",
    "Any",
    "null",
    "range",
    "function",
    *_PHRASES,
)
_ALIASES = {"dateTime": "date and time"}


class CallsAndTests(Parser):
    """What the expressions of ``FeelParser`` are called with and tested against."""

    def parse_key(self) -> Literal:
        """The name of an entry or a parameter, of one or several words."""
        token = self.token
        if token.kind == "string":
            self.take()
            return Literal(token.position, token.value)
        words = [str(self.parse_name("a key").value)]
        while self.token.kind == "name":
            words.append(str(self.take().value))
        return Literal(token.position, " ".join(words))

    def parse_range(self, position: int, low: Node, *, included: bool) -> Node:
        raise NotImplementedError

    # calls

    def parse_invocation(self, token: Token) -> Node:
        name = str(token.value)
        function = FUNCTIONS.get(name)
        if function is None:
            raise ExpressionError(
                f"Expected a function of FEEL, but found '{name}'{suggest(name, FUNCTIONS)}", "syntax", token.position
            )
        if self.has_named():
            arguments = self.parse_named_arguments(name)
        else:
            arguments = self.parse_items(")", self.parse_expression)
        check_count(name, function, len(arguments), token.position)
        return Call(token.position, name, function.call, arguments)

    def has_named(self) -> bool:
        distance = 0
        while self.peek(distance).kind == "name":
            distance += 1
        return distance > 0 and self.peek(distance).text == ":"

    def parse_named_arguments(self, name: str) -> tuple[Node, ...]:
        """Arguments by name, put in the order of the parameters; what is left out is null."""
        given: dict[str, Node] = {}
        while not self.sees(")"):
            key = self.parse_key()
            self.expect(":")
            given[str(key.value)] = self.parse_expression()
            if self.accept(",") is None:
                break
        closing = self.expect(")")
        for parameters in FUNCTIONS[name].names:
            if set(given) <= set(parameters):
                last = max((parameters.index(key) for key in given), default=-1)
                return tuple(
                    given[parameter] if parameter in given else Literal(closing.position, None)
                    for parameter in parameters[: last + 1]
                )
        known = [parameter for parameters in FUNCTIONS[name].names for parameter in parameters]
        raise make_syntax_error(
            f"parameters of '{name}'" + (f" ({', '.join(dict.fromkeys(known))})" if known else ""),
            ", ".join(f"'{key}'" for key in given),
            closing.position,
        )

    def parse_type_name(self) -> str:
        token = self.parse_name("the name of a type")
        name = _ALIASES.get(token.text, str(token.value))
        if name not in TYPES:
            raise make_syntax_error("a type of FEEL", f"'{name}'{suggest(name, TYPES)}", token.position)
        if self.accept("<"):
            self.parse_type_name()
            self.expect(">")
        return name

    # tests

    def test(self) -> Test:
        """One positive unary test."""
        position = self.token.position
        op = self.accept(*COMPARISONS)
        if op is not None:
            return Test(position, op.text, self.parse_expression(COMPARE))
        start = self.at
        operand = self.parse_expression()
        asks = any(token.text in (TESTED, CELL_INPUT) for token in self.tokens[start : self.at])
        return Test(position, "", operand, asks)

    def parse_in_tests(self) -> Node:
        position = self.token.position
        if self.sees(*COMPARISONS):
            return self.test()
        if not self.sees("("):
            return Test(position, "", self.parse_expression(COMPARE))
        self.take()
        first = self.test()
        if self.sees("..") and not first.op:
            return Test(position, "", self.parse_range(position, first.operand, included=False))
        items: list[Node] = [first]
        while self.accept(","):
            items.append(self.test())
        self.expect(")")
        return Tests(position, tuple(items))

    def parse_unary_tests(self) -> Node:
        position = self.token.position
        if self.sees("-") and self.peek().kind == "end":
            self.take()
            return Tests(position, ())
        if self.sees("not") and self.peek().text == "(":
            self.take()
            self.take()
            return Tests(position, self.parse_items(")", self.test), negated=True)
        items: list[Node] = [self.test()]
        while self.accept(","):
            items.append(self.test())
        return Tests(position, tuple(items))
