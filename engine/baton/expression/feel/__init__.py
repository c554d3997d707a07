"""``=…`` FEEL, as in Camunda 8 and DMN."""

from baton.expression.feel.grammar import parse, parse_unary_tests
from baton.expression.feel.meaning import FEEL
from baton.expression.feel.names import PLAIN, Vocabulary

__all__ = ["FEEL", "PLAIN", "Vocabulary", "parse", "parse_unary_tests"]
