"""The part of FEEL's grammar for calls, types and unary tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from baton.expression.core.errors import ExpressionError, make_syntax_error, suggest
from baton.expression.core.frame import Function
from baton.expression.core.lexer import Token
from baton.expression.core.parser import Parser, check_count
from baton.expression.core.tree import Call, Literal, Name, Node
from baton.expression.feel.closures import FunctionOf, Invoke, Parameter
from baton.expression.feel.functions import FUNCTIONS
from baton.expression.feel.lexicon import TYPES
from baton.expression.feel.names import Vocabulary
from baton.expression.feel.nodes import CELL_INPUT, TESTED, Test, Tests
from baton.expression.feel.types import ANY, Type

COMPARISONS = ("<=", ">=", "<", ">", "=", "!=")
COMPARE = 3
_ALIASES = {
    "dateTime": "date and time",
    "Null": "null",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}
_IN_NAMES = frozenset([".", "/", "-", "+", "*", "'"])


class CallsAndTests(Parser):
    """What the expressions of ``FeelParser`` are called with and tested against."""

    known: Vocabulary

    def parse_key(self) -> Literal:
        """The name of an entry or a parameter: a text, or words and signs up to the colon."""
        token = self.token
        if token.kind == "string":
            self.take()
            return Literal(token.position, token.value)
        if token.kind != "name":
            raise self.make_error("a key")
        self.take()
        end = token.position + len(token.text)
        while self.token.kind in ("name", "number") or self.sees(*_IN_NAMES):
            following = self.take()
            end = following.position + len(following.text)
        name = " ".join(self.text[token.position : end].replace("`", "").split())
        self.known.add(name)
        return Literal(token.position, name)

    def join_words(self, token: Token) -> str:
        """The whole name that begins with a token just taken: one that is known, or all words that follow."""
        found = None if token.quoted else self.known.match(self.tokens, self.at - 1)
        if found is not None:
            self.at += found[1] - 1
            return found[0]
        words = [str(token.value)]
        while not token.quoted and self._continues_name():
            words.append(str(self.take().value or self.tokens[self.at - 1].text))
        return " ".join(words)

    def _continues_name(self) -> bool:
        token = self.token
        return token.kind in ("name", "number") and not token.quoted and token.text not in self.keywords

    def parse_range(self, position: int, low: Node, *, included: bool) -> Node:
        raise NotImplementedError

    # calls

    def parse_invocation(self, name: str, position: int) -> Node:
        """A call of a function in scope, or else of a built-in one."""
        function = FUNCTIONS.get(name)
        if name in self.known:
            return self.parse_call_of(Name(position, name), function)
        if function is None:
            raise ExpressionError(
                f"Expected a function of FEEL, but found '{name}'{suggest(name, FUNCTIONS)}", "syntax", position
            )
        if self.has_named():
            arguments = self.parse_named_arguments(name)
        else:
            arguments = self.parse_items(")", self.parse_expression)
        check_count(name, function, len(arguments), position)
        return Call(position, name, function.call, arguments)

    def parse_call_of(self, function: Node, hidden: Function | None = None) -> Node:
        """The call of a value; the opening bracket has been taken. ``hidden``: the built-in function of its name."""
        position = self.token.position
        if not self.has_named():
            arguments = self.parse_items(")", self.parse_expression)
            return Invoke(position, function, arguments, (), _call_hidden(function, hidden, arguments))
        given = self.parse_given()
        self.expect(")")
        found = next((names for names in hidden.names if set(given) <= set(names)), ()) if hidden is not None else ()
        in_order = _put_in_order(given, found, position)
        return Invoke(position, function, tuple(given.values()), tuple(given), _call_hidden(function, hidden, in_order))

    def parse_given(self) -> dict[str, Node]:
        """Arguments by name."""
        given: dict[str, Node] = {}
        while not self.sees(")"):
            key = self.parse_key()
            self.expect(":")
            given[str(key.value)] = self.parse_expression()
            if self.accept(",") is None:
                break
        return given

    def parse_function(self, position: int) -> Node:
        """``function(a: number, b) body``."""
        self.expect("(", "after 'function'")
        parameters = self.parse_items(")", self.parse_parameter)
        if self.sees("external"):
            raise self.make_error("the body of a function", "functions of Java and PMML are not run")
        return FunctionOf(position, parameters, self.parse_expression())

    def parse_parameter(self) -> Parameter:
        name = self.join_words(self.parse_name("the name of a parameter"))
        self.known.add(name)
        return Parameter(name, self.parse_type() if self.accept(":") else ANY)

    def has_named(self) -> bool:
        distance = 0
        while self.peek(distance).kind in ("name", "number") or self.peek(distance).text in _IN_NAMES:
            distance += 1
        starts = self.token.kind == "name"
        return starts and self.peek(distance).kind == "op" and self.peek(distance).text == ":"

    def parse_named_arguments(self, name: str) -> tuple[Node, ...]:
        """Arguments by name, put in the order of the parameters; what is left out is null."""
        given = self.parse_given()
        closing = self.expect(")")
        for parameters in FUNCTIONS[name].names:
            if set(given) <= set(parameters):
                return _put_in_order(given, parameters, closing.position)
        known = [parameter for parameters in FUNCTIONS[name].names for parameter in parameters]
        raise make_syntax_error(
            f"parameters of '{name}'" + (f" ({', '.join(dict.fromkeys(known))})" if known else ""),
            ", ".join(f"'{key}'" for key in given),
            closing.position,
        )

    # types

    def parse_type(self) -> Type:
        """``number``, ``list<string>``, ``context<a: number>``, ``function<number> -> Any``, a name of the model."""
        token = self.parse_name("the name of a type")
        if token.text in ("list", "range") and self.accept("<"):
            items = self.parse_type()
            self.expect(">")
            return Type(token.text, items)
        if token.text == "context" and self.accept("<"):
            return Type("context", fields=self.parse_items(">", self.parse_field))
        if token.text == "function" and self.accept("<"):
            parameters = self.parse_items(">", self.parse_type)
            self.expect("->", "before the type of the result")
            self.parse_type()
            return Type("function", parameters=parameters)
        return self.find_type(token)

    def parse_field(self) -> tuple[str, Type]:
        key = self.parse_key()
        self.expect(":", "after the name of an entry")
        return str(key.value), self.parse_type()

    def find_type(self, token: Token) -> Type:
        name = str(token.value)
        if name not in _ALIASES and name not in TYPES:
            name = self.join_words(token)
            while self.sees(".") and self.known.find_type(name) is None:
                self.take()
                name = f"{name}.{self.join_words(self.parse_name('the name of a type'))}"
        found = self.known.find_type(name)
        if found is not None:
            return found
        name = _ALIASES.get(name, name)
        if name not in TYPES:
            raise make_syntax_error("a type of FEEL", f"'{name}'{suggest(name, TYPES)}", token.position)
        return Type(name)

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
        return items[0] if len(items) == 1 else Tests(position, tuple(items))


def _put_in_order(given: Mapping[str, Node], parameters: Sequence[str], position: int) -> tuple[Node, ...]:
    """Arguments by name in the order of the parameters; what is left out is null."""
    last = max((at for at, parameter in enumerate(parameters) if parameter in given), default=-1)
    return tuple(
        given[parameter] if parameter in given else Literal(position, None) for parameter in parameters[: last + 1]
    )


def _call_hidden(function: Node, hidden: Function | None, arguments: tuple[Node, ...]) -> Node | None:
    """The call of the built-in function of the name, if so many arguments fit it."""
    if hidden is None or not isinstance(function, Name) or not hidden.least <= len(arguments) <= hidden.most:
        return None
    return Call(function.position, function.name, hidden.call, arguments)
