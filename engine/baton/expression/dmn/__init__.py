"""DMN: decision tables and literal expressions, with required decisions, on the FEEL interpreter."""

from baton.expression.dmn.evaluate import evaluate, evaluate_service
from baton.expression.dmn.model import (
    Decision,
    DecisionService,
    DecisionTable,
    DmnReading,
    Input,
    Output,
    Results,
    Rule,
)
from baton.expression.dmn.reader import read_dmn
from baton.expression.dmn.results import MAPPINGS, map_result

__all__ = [
    "MAPPINGS",
    "Decision",
    "DecisionService",
    "DecisionTable",
    "DmnReading",
    "Input",
    "Output",
    "Results",
    "Rule",
    "evaluate",
    "evaluate_service",
    "map_result",
    "read_dmn",
]
