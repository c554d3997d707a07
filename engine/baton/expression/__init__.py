"""Expressions, scripts, decisions and times of models: read once, evaluated safely, bounded in every way."""

from baton.expression.compiled import Compiled, ForeignCall, compile_expression, detect, is_truthy
from baton.expression.constants import evaluate_constant, evaluate_constant_name
from baton.expression.core.errors import ExpressionError
from baton.expression.core.facade import Facade
from baton.expression.core.scope import ChangingScope, MappingScope, Scope

__all__ = [
    "ChangingScope",
    "Compiled",
    "ExpressionError",
    "Facade",
    "ForeignCall",
    "MappingScope",
    "Scope",
    "compile_expression",
    "detect",
    "evaluate_constant",
    "evaluate_constant_name",
    "is_truthy",
]
