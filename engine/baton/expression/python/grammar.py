"""Python's expressions to the syntax tree: no lambda, no assignment, no f-strings, no unpacking."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence

from baton.expression.core.errors import ExpressionError
from baton.expression.core.lexer import Lexicon, Token, tokenize
from baton.expression.core.loops import ForEach
from baton.expression.core.makers import ListOf, MapOf
from baton.expression.core.numbers import read_literal
from baton.expression.core.parser import Parser, Rest
from baton.expression.core.tree import (
    Chain,
    Comparisons,
    Conditional,
    EitherValue,
    Index,
    Literal,
    Member,
    Method,
    Name,
    Node,
    Slice,
)
from baton.expression.python.meaning import PYTHON

LEXICON = Lexicon("** // == != <= >= < > + - * / % . , ( ) [ ] { } : = ! & |", comments=r"#[^\n]*")
_CONSTANTS: dict[str, object] = {"True": True, "False": False, "None": None}
_OR, _AND, _COMPARE, _POWER = 2, 3, 5, 9


class PythonParser(Parser):
    binary: Mapping[str, tuple[int, str]] = {
        "if": (1, "if"),
        "or": (_OR, "or"),
        "and": (_AND, "and"),
        "==": (_COMPARE, "=="),
        "!=": (_COMPARE, "!="),
        "<": (_COMPARE, "<"),
        ">": (_COMPARE, ">"),
        "<=": (_COMPARE, "<="),
        ">=": (_COMPARE, ">="),
        "in": (_COMPARE, "in"),
        "not": (_COMPARE, "not in"),
        "is": (_COMPARE, "is"),
        "+": (6, "+"),
        "-": (6, "-"),
        "*": (7, "*"),
        "/": (7, "/"),
        "//": (7, "//"),
        "%": (7, "%"),
        "**": (_POWER, "**"),
    }
    prefix: Mapping[str, tuple[int, str]] = {"not": (4, "not"), "!": (8, "not"), "-": (8, "-"), "+": (8, "+")}
    keywords = frozenset({"and", "or", "not", "in", "is", "if", "else", "for", "lambda", "await", "yield", "async"})

    def read_infix(self) -> tuple[int, str] | None:
        found = super().read_infix()
        if found is None:
            return None
        if found[1] == "not in" and self.peek().text != "in":
            return None
        return (_COMPARE, "is not") if found[1] == "is" and self.peek().text == "not" else found

    def take_operator(self, op: str) -> int:
        position = self.take().position
        if op in ("not in", "is not"):
            self.take()
        return position

    def parse_binary(self, left: Node, power: int, op: str) -> Node:
        if op == "**":
            position = self.take().position
            return Chain(left.position, left, (("**", self.parse_expression(7), position),))
        if op != "if":
            return super().parse_binary(left, power, op)
        position = self.take().position
        test = self.parse_expression(1)
        self.expect("else", "after the condition of 'if'")
        return Conditional(position, test, left, self.parse_expression())

    def parse_chain(self, left: Node, power: int, rest: Rest) -> Node:
        if power in (_OR, _AND):
            return EitherValue(left.position, power == _OR, (left, *(node for _, node, _ in rest)))
        if power == _COMPARE:
            return Comparisons(left.position, left, rest)
        return Chain(left.position, left, rest)

    def parse_primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.take()
            return Literal(token.position, read_literal(token.text, token.position))
        if token.kind == "string":
            return self._text()
        if self.accept("("):
            return self._group(token.position)
        if self.accept("["):
            return self._sequence(token.position, "]")
        if self.accept("{"):
            return self._braces(token.position)
        if token.kind != "name" or token.text in self.keywords:
            raise self.make_error("a value", "this construct is not allowed here" if token.kind == "name" else "")
        self.take()
        return self._named(token)

    def _text(self) -> Node:
        first = self.take()
        parts = [first.value]
        while self.token.kind == "string":
            parts.append(self.take().value)
        return Literal(first.position, "".join(parts))

    def _named(self, token: Token) -> Node:
        if token.text in _CONSTANTS:
            return Literal(token.position, _CONSTANTS[token.text])
        if self.token.kind == "string":
            raise self.make_error("an operator", "prefixed texts such as f'…' are not allowed; join with '+'")
        if self.accept("("):
            return self.call(token.text, token.position, self._arguments())
        return Name(token.position, token.text)

    def _arguments(self) -> tuple[Node, ...]:
        if self.sees(")"):
            self.take()
            return ()
        first = self.parse_expression()
        if self.sees("for"):
            made = self._comprehension(first, ")")
            return (made,)
        return (first, *self._more(")"))

    def _more(self, closing: str) -> Sequence[Node]:
        if self.accept(","):
            return self.parse_items(closing, self.parse_expression)
        self.expect(closing)
        return ()

    def _group(self, position: int) -> Node:
        if self.accept(")"):
            return ListOf(position, ())
        first = self.parse_expression()
        if self.sees("for"):
            return self._comprehension(first, ")")
        if self.sees(","):
            return ListOf(position, (first, *self._more(")")))
        self.expect(")")
        return first

    def _sequence(self, position: int, closing: str) -> Node:
        if self.accept(closing):
            return ListOf(position, ())
        first = self.parse_expression()
        if self.sees("for"):
            return self._comprehension(first, closing)
        return ListOf(position, (first, *self._more(closing)))

    def _comprehension(self, body: Node, closing: str) -> Node:
        position = self.token.position
        iterators: list[tuple[str, Node]] = []
        conditions: list[Node] = []
        while self.accept("for"):
            name = self.parse_name("a name after 'for'").text
            self.expect("in")
            iterators.append((name, self.parse_expression(1)))
            while self.accept("if"):
                conditions.append(self.parse_expression(1))
        self.expect(closing)
        condition = EitherValue(position, False, tuple(conditions)) if conditions else None
        return ForEach(position, tuple(iterators), body, condition)

    def _braces(self, position: int) -> Node:
        if self.accept("}"):
            return MapOf(position, ())
        first = self.parse_expression()
        if not self.accept(":"):
            return ListOf(position, (first, *self._more("}")))
        entries = [(first, self.parse_expression())]
        while self.accept(",") and not self.sees("}"):
            key = self.parse_expression()
            self.expect(":", "after the key")
            entries.append((key, self.parse_expression()))
        self.expect("}")
        return MapOf(position, tuple(entries))

    def parse_access(self, node: Node) -> Node | None:
        if self.accept("."):
            token = self.parse_name("a name after '.'")
            if token.text.startswith("_"):
                raise ExpressionError(f"Expected a public name, but found '{token.text}'", "syntax", token.position)
            if self.accept("("):
                return Method(token.position, node, token.text, self._arguments())
            return Member(token.position, node, token.text)
        opening = self.accept("[")
        return None if opening is None else self._subscript(node, opening.position)

    def _subscript(self, node: Node, position: int) -> Node:
        nothing = Literal(position, None)
        key = nothing if self.sees(":") else self.parse_expression()
        if self.accept(":"):
            high = nothing if self.sees("]") else self.parse_expression()
            self.expect("]")
            return Slice(position, node, key, high)
        self.expect("]")
        return Index(position, node, key)

    def suggest_after(self, token: Token) -> str:
        return {
            "=": "compare with '=='",
            "!": "write 'not'",
            "&": "write 'and'",
            "|": "write 'or'",
            "for": "a comprehension needs brackets",
        }.get(token.text, "")


def parse(text: str) -> Node:
    parser = PythonParser(text, tokenize(text, LEXICON), PYTHON)
    return parser.finish(parser.parse_expression())
