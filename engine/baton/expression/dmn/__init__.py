"""DMN: decision tables and literal expressions, with required decisions, on the FEEL interpreter."""

from baton.expression.dmn.evaluate import evaluate
from baton.expression.dmn.model import Decision, DecisionTable, DmnReading, Input, LiteralDecision, Output, Rule
from baton.expression.dmn.reader import read_dmn
from baton.expression.dmn.results import map_result

__all__ = [
    "Decision",
    "DecisionTable",
    "DmnReading",
    "Input",
    "LiteralDecision",
    "Output",
    "Rule",
    "evaluate",
    "map_result",
    "read_dmn",
]
