"""``${…}`` and ``#{…}`` as in Camunda 7."""

from baton.expression.juel.grammar import parse, split
from baton.expression.juel.meaning import JUEL

__all__ = ["JUEL", "parse", "split"]
