"""Names that FEEL's parser must know to read them: those with signs (``profit-loss``) or of several words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from baton.expression.core.errors import ExpressionError
from baton.expression.core.lexer import Token, tokenize
from baton.expression.feel.lexicon import LEXICON
from baton.expression.feel.types import Type


class Vocabulary:
    """Names in scope, and the types of the model; an inner one also has what its ``parent`` has.

    Of several names that fit, the longest wins (DMN 1.5, 10.3.1.2). What is in it can be called (``name(…)``), before a
    built-in function of the name; not so (``can_call``) all names that a model has, whether in scope or not.
    """

    __slots__ = ("_by_first", "_can_call", "_names", "_types", "parent")

    def __init__(
        self,
        names: Iterable[str] = (),
        types: Mapping[str, Type] | None = None,
        parent: Vocabulary | None = None,
        *,
        can_call: bool = True,
    ) -> None:
        self.parent = parent
        self._can_call = can_call
        self._types = types or {}
        self._names: set[str] = set()
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def make_inner(self, names: Iterable[str] = ()) -> Vocabulary:
        return Vocabulary(names, None, self)

    def __contains__(self, name: str) -> bool:
        """Can it be called?"""
        return (self._can_call and name in self._names) or (self.parent is not None and name in self.parent)

    def has(self, name: str) -> bool:
        """Is it a name of the model, whether it can be called or not?"""
        return name in self._names or (self.parent is not None and self.parent.has(name))

    def add(self, name: str) -> None:
        if name in self._names:
            return
        self._names.add(name)
        if name.isidentifier():
            return
        try:
            words = tuple(_normalize(token) for token in tokenize(name, LEXICON)[:-1])
        except ExpressionError:
            return  # it has signs that only back quotes can hold
        if len(words) > 1:
            longest_first = self._by_first.setdefault(words[0], [])
            longest_first.append((words, name))
            longest_first.sort(key=lambda entry: -len(entry[0]))

    def find_type(self, name: str) -> Type | None:
        found = self._types.get(name)
        return found if found is not None or self.parent is None else self.parent.find_type(name)

    def match(self, tokens: list[Token], at: int) -> tuple[str, int] | None:
        """The name of several tokens that begins here, and how many they are."""
        outer = self.parent.match(tokens, at) if self.parent is not None else None
        for words, name in self._by_first.get(_normalize(tokens[at]), ()) if self._by_first else ():
            following = tokens[at : at + len(words)]
            if tuple(_normalize(token) for token in following) == words:
                return outer if outer is not None and outer[1] > len(words) else (name, len(words))
        return outer


def _normalize(token: Token) -> str:
    return str(token.value) if token.kind == "name" else token.text


PLAIN = Vocabulary()
"""Nothing is known: an expression of a process, whose variables exist only when it runs."""
