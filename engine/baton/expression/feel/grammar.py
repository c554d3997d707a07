"""FEEL to the syntax tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from baton.expression.core.errors import make_syntax_error
from baton.expression.core.lexer import Token, tokenize
from baton.expression.core.loops import ForEach, Quantified
from baton.expression.core.makers import ListOf, MapOf
from baton.expression.core.parser import Rest
from baton.expression.core.tree import Chain, Conditional, Literal, Logic, Member, Name, Node
from baton.expression.feel.calls import COMPARE, COMPARISONS, CallsAndTests
from baton.expression.feel.lexicon import LEXICON
from baton.expression.feel.meaning import FEEL
from baton.expression.feel.names import PLAIN, Vocabulary
from baton.expression.feel.nodes import TESTED, Between, Filter, In, InstanceOf, RangeOf, Tests
from baton.expression.feel.temporal import parse_literal
from baton.expression.feel.values import UNBOUNDED, tidy

_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}
_AFTER_RANGE = frozenset({")", "]", "}", ",", "and", "or", "then", "else", "return", "satisfies"})
_OR, _AND = 1, 2


class FeelParser(CallsAndTests):
    binary: Mapping[str, tuple[int, str]] = {
        "or": (_OR, "or"),
        "and": (_AND, "and"),
        **{op: (COMPARE, op) for op in COMPARISONS},
        "between": (COMPARE, "between"),
        "in": (COMPARE, "in"),
        "+": (4, "+"),
        "-": (4, "-"),
        "*": (5, "*"),
        "/": (5, "/"),
        "**": (6, "**"),
        "instance": (8, "instance"),
    }
    prefix: Mapping[str, tuple[int, str]] = {"-": (7, "-")}
    keywords = frozenset({"and", "or", "between", "in", "then", "else", "return", "satisfies", "function", "instance"})

    def __init__(self, text: str, tokens: list[Token], vocabulary: Vocabulary) -> None:
        super().__init__(text, tokens, FEEL)
        self.known = vocabulary.make_inner()

    def parse_binary(self, left: Node, power: int, op: str) -> Node:
        position = self.token.position
        if op == "between":
            self.take()
            low = self.parse_expression(COMPARE)
            self.expect("and", "between the two bounds")
            return Between(position, left, low, self.parse_expression(COMPARE))
        if op == "in":
            self.take()
            return In(position, left, self.parse_in_tests())
        if op == "instance":
            self.take()
            self.expect("of", "after 'instance'")
            return InstanceOf(position, left, replace(self.parse_type(), allows=None))
        if power == COMPARE:
            self.take()
            return Chain(left.position, left, ((op, self.parse_expression(COMPARE), position),))
        return super().parse_binary(left, power, op)

    def parse_chain(self, left: Node, power: int, rest: Rest) -> Node:
        if power in (_OR, _AND):
            return Logic(left.position, power == _OR, (left, *(node for _, node, _ in rest)))
        return Chain(left.position, left, rest)

    def parse_primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.take()
            return Literal(token.position, _number(token))
        if token.kind == "string":
            self.take()
            return Literal(token.position, token.value)
        if token.kind == "op":
            return self.parse_opened(token)
        if token.kind != "name":
            raise self.make_error("a value")
        if not token.quoted and self.known.match(self.tokens, self.at) is None:
            if token.text == "function":
                return self.parse_function(self.take().position)
            if token.text in self.keywords:
                raise self.make_error("a value")
        self.take()
        return self.parse_named(token)

    def parse_opened(self, token: Token) -> Node:
        """What begins with a bracket or a sign."""
        self.take()
        match token.text:
            case "(":
                return self.parse_grouped(token.position)
            case "[":
                return self.parse_bracketed(token.position)
            case "]":
                return self.parse_range(token.position, self.parse_expression(), included=False)
            case "{":
                return self.parse_context(token.position)
            case "?":
                return Name(token.position, TESTED)
            case "@" if self.token.kind == "string":
                return self.parse_temporal(token.position)
            case _:
                self.at -= 1
                hint = "texts are in double quotes; a single one has no meaning here" if token.text == "'" else ""
                raise self.make_error("a value", hint)

    def parse_temporal(self, position: int) -> Node:
        text = self.take().value
        value = parse_literal(text)
        if value is None:
            raise make_syntax_error("a date, time or duration after '@'", f"'{text}'", position)
        return Literal(position, value)

    def parse_named(self, token: Token) -> Node:
        if not token.quoted and self.known.match(self.tokens, self.at - 1) is None:
            if token.text in _CONSTANTS:
                return Literal(token.position, _CONSTANTS[token.text])
            match token.text:
                case "if":
                    return self.parse_conditional(token.position)
                case "for":
                    return self.parse_loop(token.position)
                case "some" | "every":
                    return self.parse_quantified(token)
                case _:
                    pass
        name = self.join_words(token)
        if self.sees("("):
            self.take()
            return self.parse_invocation(name, token.position)
        return Name(token.position, name)

    def parse_conditional(self, position: int) -> Node:
        test = self.parse_expression()
        self.expect("then", "after the condition of 'if'")
        then = self.parse_expression()
        self.expect("else", "after the value of 'then'")
        return Conditional(position, test, then, self.parse_expression())

    def parse_iterators(self) -> tuple[tuple[str, Node], ...]:
        found: list[tuple[str, Node]] = []
        while True:
            name = self.join_words(self.parse_name("the name of the loop's variable"))
            self.known.add(name)
            self.expect("in", f"after '{name}'")
            source = self.parse_expression()
            if self.accept(".."):
                source = RangeOf(source.position, source, self.parse_expression())
            found.append((name, source))
            if self.accept(",") is None:
                return tuple(found)

    def parse_loop(self, position: int) -> Node:
        iterators = self.parse_iterators()
        self.expect("return", "after the lists of 'for'")
        return ForEach(position, iterators, self.parse_expression())

    def parse_quantified(self, token: Token) -> Node:
        iterators = self.parse_iterators()
        self.expect("satisfies", f"after the lists of '{token.text}'")
        return Quantified(token.position, iterators, self.parse_expression(), decides=token.text == "some")

    def parse_grouped(self, position: int) -> Node:
        if self.sees(*COMPARISONS):
            return self.parse_open_range(position)
        inner = self.parse_expression()
        if self.sees(".."):
            return self.parse_range(position, inner, included=False)
        self.expect(")")
        return inner

    def parse_open_range(self, position: int) -> Node:
        """``(< 10)``: a range with one end."""
        op = self.take().text
        end = self.parse_expression(COMPARE)
        self.expect(")")
        nothing = Literal(position, UNBOUNDED)
        match op:
            case "<" | "<=":
                return RangeOf(position, nothing, end, False, op == "<=")
            case ">" | ">=":
                return RangeOf(position, end, nothing, op == ">=", False)
            case "=":
                return RangeOf(position, end, end)
            case _:
                raise make_syntax_error("a range with one end", f"'{op}'", position)

    def parse_bracketed(self, position: int) -> Node:
        if self.accept("]"):
            return ListOf(position, ())
        first = self.parse_expression()
        if self.sees(".."):
            return self.parse_range(position, first, included=True)
        if self.accept(","):
            return ListOf(position, (first, *self.parse_items("]", self.parse_expression)))
        self.expect("]")
        return ListOf(position, (first,))

    def parse_range(self, position: int, low: Node, *, included: bool) -> Node:
        self.expect("..", "between the ends of a range")
        high = self.parse_expression()
        closing = self.accept("]", ")", "[")
        if closing is None:
            raise self.make_error("']' or ')' after a range")
        return RangeOf(position, low, high, included, closing.text == "]")

    def parse_context(self, position: int) -> Node:
        entries: list[tuple[Node, Node]] = []
        keys: set[str] = set()
        while not self.sees("}"):
            key = self.parse_key()
            if key.value in keys:
                raise make_syntax_error("keys that differ", f"'{key.value}' twice", key.position)
            keys.add(str(key.value))
            self.expect(":", "after the key")
            entries.append((key, self.parse_expression()))
            if self.accept(",") is None:
                break
        self.expect("}")
        return MapOf(position, tuple(entries), sequential=True)

    def _ends_range(self) -> bool:
        """Is the bracket that comes the open end of ``]1..5[``, not the beginning of a filter?"""
        after = self.peek()
        return after.kind == "end" or after.text in _AFTER_RANGE

    def parse_access(self, node: Node) -> Node | None:
        if self.accept("."):
            token = self.parse_name("a name after '.'")
            return Member(token.position, node, self.join_words(token))
        if self.sees("(") and not isinstance(node, (Literal, RangeOf)):
            self.take()
            return self.parse_call_of(node)
        opening = self.token if self.sees("[") else None
        if opening is None or isinstance(node, RangeOf) or self._ends_range():
            return None
        self.take()
        key = self.parse_expression()
        self.expect("]", "after a filter")
        return Filter(opening.position, node, key)


def _number(token: Token) -> object:
    try:
        value = tidy(Decimal(token.text)) if len(token.text) < 300 else None
    except InvalidOperation:
        value = None
    if value is None:
        raise make_syntax_error("a number in range", f"'{token.text[:20]}…'", token.position)
    return value


def parse(text: str, vocabulary: Vocabulary = PLAIN) -> Node:
    """The tree of an expression; a leading ``=`` is Camunda 8's mark."""
    start = len(text) - len(text.lstrip())
    start += text.startswith("=", start)
    parser = FeelParser(text, tokenize(text, LEXICON, start), vocabulary)
    return parser.finish(parser.parse_expression())


def parse_unary_tests(text: str, vocabulary: Vocabulary = PLAIN) -> Node:
    """The tree of the tests in a cell of a decision table; they look at the variable ``?``. An empty cell is ``-``."""
    parser = FeelParser(text, tokenize(text, LEXICON), vocabulary)
    if parser.token.kind == "end":
        return Tests(0, ())
    return parser.finish(parser.parse_unary_tests())
