"""JUEL to the syntax tree (Expression Language 2.2, with lists of version 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from baton.expression.core.errors import make_syntax_error
from baton.expression.core.lexer import Lexicon, Token, tokenize
from baton.expression.core.makers import ListOf, Template
from baton.expression.core.numbers import read_literal
from baton.expression.core.parser import Parser, Rest, check_count
from baton.expression.core.tree import Chain, Conditional, Index, Literal, Logic, Member, Method, Name, Node
from baton.expression.juel.execution import EXECUTION, REFUSED, ExecutionCall, get_fact
from baton.expression.juel.meaning import JUEL

LEXICON = Lexicon("|| && == != <= >= += < > + - * / % ! ? : . , ( ) [ ] { } = & | ;")
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}
_OR, _AND = 2, 3
_SECRETS = "secrets"
"""``${secrets.NAME}`` stays as it is: what calls another system puts the value in, and no variable ever holds it."""


class JuelParser(Parser):
    binary: Mapping[str, tuple[int, str]] = {
        "?": (1, "?"),
        "||": (_OR, "or"),
        "or": (_OR, "or"),
        "&&": (_AND, "and"),
        "and": (_AND, "and"),
        "==": (4, "=="),
        "eq": (4, "=="),
        "!=": (4, "!="),
        "ne": (4, "!="),
        "<": (5, "<"),
        "lt": (5, "<"),
        ">": (5, ">"),
        "gt": (5, ">"),
        "<=": (5, "<="),
        "le": (5, "<="),
        ">=": (5, ">="),
        "ge": (5, ">="),
        "+": (6, "+"),
        "-": (6, "-"),
        "+=": (6, "+="),
        "*": (7, "*"),
        "/": (7, "/"),
        "div": (7, "/"),
        "%": (7, "%"),
        "mod": (7, "%"),
    }
    prefix: Mapping[str, tuple[int, str]] = {"!": (8, "not"), "not": (8, "not"), "-": (8, "-"), "empty": (8, "empty")}
    keywords = frozenset({"and", "or", "not", "eq", "ne", "lt", "gt", "le", "ge", "div", "mod", "empty", "instanceof"})

    def parse_binary(self, left: Node, power: int, op: str) -> Node:
        if op != "?":
            return super().parse_binary(left, power, op)
        position = self.take().position
        then = self.parse_expression()
        self.expect(":", "between the two values of '?'")
        return Conditional(position, left, then, self.parse_expression())

    def parse_chain(self, left: Node, power: int, rest: Rest) -> Node:
        if power in (_OR, _AND):
            return Logic(left.position, power == _OR, (left, *(node for _, node, _ in rest)))
        return Chain(left.position, left, rest)

    def parse_primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.take()
            return Literal(token.position, read_literal(token.text, token.position))
        if token.kind == "string":
            self.take()
            return Literal(token.position, token.value)
        if self.accept("("):
            inner = self.parse_expression()
            self.expect(")")
            return inner
        if self.accept("["):
            return ListOf(token.position, self.parse_items("]", self.parse_expression))
        if token.kind != "name" or token.text in self.keywords:
            raise self.make_error("a value", self._hint(token.text))
        self.take()
        return self._named(token.text, token.position)

    def _named(self, name: str, position: int) -> Node:
        if name in _CONSTANTS:
            return Literal(position, _CONSTANTS[name])
        if self.sees(":") and self.peek().kind == "name" and self.peek(2).text == "(" and name in ("fn", "camunda"):
            self.take()
            name = self.take().text
        if self.accept("("):
            return self.call(name, position, self.parse_items(")", self.parse_expression))
        return Name(position, name)

    def parse_access(self, node: Node) -> Node | None:
        if self.accept("."):
            token = self.parse_name("the name of a property or method after '.'")
            arguments = self.parse_items(")", self.parse_expression) if self.accept("(") else None
            if isinstance(node, Name) and node.name == "execution":
                return self._execution(token.text, token.position, arguments)
            if isinstance(node, Name) and node.name == _SECRETS and arguments is None:
                return Literal(node.position, f"${{{_SECRETS}.{token.text}}}")
            if arguments is None:
                return Member(token.position, node, token.text)
            return Method(token.position, node, token.text, arguments)
        opening = self.accept("[")
        if opening is None:
            return None
        key = self.parse_expression()
        self.expect("]")
        return Index(opening.position, node, key)

    def _execution(self, name: str, position: int, arguments: tuple[Node, ...] | None) -> Node:
        if name in REFUSED:
            raise make_syntax_error(
                "an expression that sets no local variables",
                f"'execution.{name}'",
                position,
                "use 'execution.setVariable' or an input parameter instead",
            )
        function = EXECUTION.get(name)
        if function is not None and arguments is not None:
            check_count(f"execution.{name}", function, len(arguments), position)
            return ExecutionCall(position, name, function.call, arguments)
        if arguments:
            raise make_syntax_error(f"no arguments for 'execution.{name}'", str(len(arguments)), position)
        return ExecutionCall(
            position, name, get_fact, (Literal(position, name), Literal(position, arguments is not None))
        )

    @staticmethod
    def _hint(text: str) -> str:
        return {"=": "compare with '=='", "&": "write '&&' or 'and'", "|": "write '||' or 'or'"}.get(text, "")

    def suggest_after(self, token: Token) -> str:
        return self._hint(token.text)


def parse(text: str) -> Node:
    """The tree of a text that may hold several expressions: one alone keeps its value, several are joined."""
    parts = [Literal(start, part) if isinstance(part, str) else part for start, _, part in _iterate_parts(text)]
    return parts[0] if len(parts) == 1 else Template(0, tuple(parts))


def split(text: str) -> list[str]:
    """``a${b}c`` as ``["a", "${b}", "c"]``: constants, which may be empty, with an expression between each two.

    Raises ExpressionError.
    """
    found = [""]
    for start, end, part in _iterate_parts(text):
        if isinstance(part, str):
            found[-1] = part
        else:
            found += [text[start:end], ""]
    return found


def _iterate_parts(text: str) -> Iterator[tuple[int, int, str | Node]]:
    """Each constant (without backslashes) and each expression, with where it begins and ends."""
    constant: list[str] = []
    position = start = 0
    while position < len(text):
        if text[position] == "\\" and text[position + 1 : position + 3] in ("${", "#{"):
            constant.append(text[position + 1 : position + 3])
            position += 3
        elif text[position : position + 2] in ("${", "#{"):
            if constant:
                yield start, position, "".join(constant)
                constant.clear()
            node, end = _expression(text, position)
            yield position, end, node
            start = position = end
        else:
            constant.append(text[position])
            position += 1
    if constant:
        yield start, position, "".join(constant)


def _expression(text: str, start: int) -> tuple[Node, int]:
    """The expression that opens at ``start`` and the position after its closing brace."""
    tokens = tokenize(text, LEXICON, start + 2, until="}")
    parser = JuelParser(text, tokens, JUEL)
    if parser.sees("}"):
        raise make_syntax_error("an expression", "nothing", start, "the braces are empty")
    node = parser.parse_expression()
    if parser.token.kind == "end":
        raise make_syntax_error("a closing '}'", "the end", start, "the expression that starts here is not closed")
    if not parser.sees("}"):
        raise parser.make_error("an operator or '}'", parser.suggest_after(parser.token))
    return node, parser.token.position + 1
