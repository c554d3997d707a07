"""``=…`` FEEL, as in Camunda 8 and DMN."""

from baton.expression.feel.grammar import parse, parse_unary_tests
from baton.expression.feel.meaning import FEEL
from baton.expression.feel.mistyped import Mistyped, find_mistyped, may_have_mistyped
from baton.expression.feel.names import PLAIN, Vocabulary

__all__ = [
    "FEEL",
    "PLAIN",
    "Mistyped",
    "Vocabulary",
    "find_mistyped",
    "may_have_mistyped",
    "parse",
    "parse_unary_tests",
]
