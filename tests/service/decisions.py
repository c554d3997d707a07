"""Small decision tables, as text."""

from __future__ import annotations

from xml.sax.saxutils import escape

_HEAD = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
    'xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="d" name="D" namespace="n">'
)


def dmn(*decisions: str) -> bytes:
    return (_HEAD + "".join(decisions) + "</definitions>").encode()


def table(key: str, *rules: tuple[str, str], policy: str = "FIRST", attributes: str = "", ask: str = "total") -> str:
    """A decision on ``total`` with the output ``discount``; a rule is a test and a conclusion."""
    rows = "".join(
        f'<rule id="r{n}"><inputEntry><text>{escape(test)}</text></inputEntry>'
        f"<outputEntry><text>{escape(made)}</text></outputEntry></rule>"
        for n, (test, made) in enumerate(rules)
    )
    return (
        f'<decision id="{key}" name="The {key}" {attributes}><decisionTable hitPolicy="{policy}">'
        f'<input id="{key}_i"><inputExpression typeRef="number"><text>{escape(ask)}</text></inputExpression></input>'
        f'<output id="{key}_o" name="discount" typeRef="number"/>{rows}</decisionTable></decision>'
    )


def fixed(key: str, discount: str, **more: str) -> bytes:
    """A decision that always says the same."""
    return dmn(table(key, ("-", discount), **more))


DISCOUNT = dmn(table("discount", (">= 100", "10"), ("-", "0"), attributes='camunda:versionTag="spring"'))
