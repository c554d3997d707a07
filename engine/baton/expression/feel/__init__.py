"""``=…`` FEEL, as in Camunda 8 and DMN."""

from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Semantics
from baton.expression.core.tree import Node

FEEL = Semantics()


def parse(text: str) -> Node:
    raise ExpressionError(
        f"Expected JUEL or Python, but found FEEL, which is not supported yet: {text[:40]}", "syntax", 0
    )
