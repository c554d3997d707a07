"""DMN: decision tables and literal expressions, with required decisions, on the FEEL interpreter."""

from baton.expression.dmn.evaluate import evaluate
from baton.expression.dmn.model import (
    Decision,
    DecisionTable,
    DmnReading,
    Input,
    LiteralDecision,
    Output,
    Results,
    Rule,
)
from baton.expression.dmn.reader import read_dmn
from baton.expression.dmn.results import MAPPINGS, map_result

__all__ = [
    "MAPPINGS",
    "Decision",
    "DecisionTable",
    "DmnReading",
    "Input",
    "LiteralDecision",
    "Output",
    "Results",
    "Rule",
    "evaluate",
    "map_result",
    "read_dmn",
]
