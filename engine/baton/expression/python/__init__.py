"""Plain Python-like expressions, as SpiffWorkflow's models use them."""

from baton.expression.python.grammar import parse
from baton.expression.python.meaning import PYTHON

__all__ = ["PYTHON", "parse"]
