"""A precedence-climbing parser; a dialect gives the table of its operators and the forms an operand may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from baton.expression.core.errors import ExpressionError, make_syntax_error, suggest
from baton.expression.core.frame import Function, Semantics
from baton.expression.core.lexer import Token
from baton.expression.core.limits import MAX_DEPTH
from baton.expression.core.tree import Call, Chain, Node, Unary

Item = TypeVar("Item")
Rest = tuple[tuple[str, Node, int], ...]


class Parser:
    """``binary``: operator as written -> (power, operator); ``prefix``: the same for those in front of an operand."""

    binary: Mapping[str, tuple[int, str]] = {}
    prefix: Mapping[str, tuple[int, str]] = {}
    keywords: frozenset[str] = frozenset()

    def __init__(self, text: str, tokens: list[Token], semantics: Semantics) -> None:
        self.text = text
        self.tokens = tokens
        self.semantics = semantics
        self.at: int = 0
        self.depth = 0

    # tokens

    @property
    def token(self) -> Token:
        return self.tokens[min(self.at, len(self.tokens) - 1)]

    def peek(self, distance: int = 1) -> Token:
        return self.tokens[min(self.at + distance, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def sees(self, *words: str) -> bool:
        """Is the next token one of these operators or keywords?"""
        token = self.token
        return token.text in words and token.kind in ("op", "name")

    def accept(self, *words: str) -> Token | None:
        return self.take() if self.sees(*words) else None

    def expect(self, word: str, purpose: str = "") -> Token:
        found = self.accept(word)
        if found is None:
            raise self.make_error(f"'{word}'" + (f" {purpose}" if purpose else ""))
        return found

    def make_error(self, expected: str, hint: str = "") -> ExpressionError:
        return make_syntax_error(expected, self.token.shown, self.token.position, hint)

    def finish(self, node: Node) -> Node:
        if self.token.kind != "end":
            raise self.make_error("an operator or the end", self.suggest_after(self.token))
        return node

    def suggest_after(self, token: Token) -> str:
        if token.text == "=":
            return "compare with '=='"
        return ""

    # expressions

    def parse_expression(self, power: int = 0) -> Node:
        """An expression whose operators bind tighter than ``power``."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.make_error(f"an expression nested at most {MAX_DEPTH} deep", "split it into several")
        left = self.parse_operand()
        while (found := self.read_infix()) is not None and found[0] > power:
            left = self.parse_binary(left, *found)
        self.depth -= 1
        return left

    def read_infix(self) -> tuple[int, str] | None:
        """Power and name of the operator that comes next."""
        token = self.token
        return self.binary.get(token.text) if token.kind in ("op", "name") else None

    def parse_binary(self, left: Node, power: int, op: str) -> Node:  # noqa: ARG002
        """The node for ``left`` with all operators of this power that follow."""
        rest: list[tuple[str, Node, int]] = []
        while (found := self.read_infix()) is not None and found[0] == power:
            position = self.take_operator(found[1])
            rest.append((found[1], self.parse_expression(power), position))
        return self.parse_chain(left, power, tuple(rest))

    def take_operator(self, op: str) -> int:  # noqa: ARG002
        return self.take().position

    def parse_chain(self, left: Node, power: int, rest: Rest) -> Node:  # noqa: ARG002
        return Chain(left.position, left, rest)

    def parse_operand(self) -> Node:
        token = self.token
        found = self.prefix.get(token.text) if token.kind in ("op", "name") else None
        if found is None:
            return self.parse_postfix(self.parse_primary())
        self.take()
        return Unary(token.position, found[1], self.parse_expression(found[0]))

    def parse_primary(self) -> Node:
        raise NotImplementedError

    def parse_postfix(self, node: Node) -> Node:
        """Member accesses, indexes and calls after ``node``."""
        for _ in range(MAX_DEPTH):
            after = self.parse_access(node)
            if after is None:
                return node
            node = after
        raise self.make_error(f"at most {MAX_DEPTH} accesses in a row")

    def parse_access(self, node: Node) -> Node | None:
        raise NotImplementedError

    def parse_items(self, closing: str, item: Callable[[], Item]) -> tuple[Item, ...]:
        """Comma-separated items up to and with ``closing``."""
        found: list[Item] = []
        while not self.sees(closing):
            found.append(item())
            if self.accept(",") is None:
                break
        self.expect(closing)
        return tuple(found)

    def parse_name(self, purpose: str) -> Token:
        if self.token.kind != "name":
            raise self.make_error(purpose)
        return self.take()

    def call(self, name: str, position: int, arguments: tuple[Node, ...]) -> Node:
        """A call of a function that the dialect has, with a fitting number of arguments."""
        function = self.semantics.functions.get(name)
        if function is None:
            hint = suggest(name, self.semantics.functions)
            raise ExpressionError(
                f"Expected a function of {self.semantics.dialect}, but found '{name}'{hint}", "syntax", position
            )
        check_count(name, function, len(arguments), position)
        return Call(position, name, function.call, arguments)


def check_count(name: str, function: Function, count: int, position: int) -> None:
    if function.least <= count <= function.most:
        return
    wanted = str(function.least) if function.least == function.most else f"{function.least} to {function.most}"
    raise make_syntax_error(f"{wanted} arguments for '{name}'", str(count), position)
