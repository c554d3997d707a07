"""``=…`` FEEL, as in Camunda 8 and DMN."""

from baton.expression.feel.grammar import parse, parse_unary_tests
from baton.expression.feel.meaning import FEEL

__all__ = ["FEEL", "parse", "parse_unary_tests"]
