"""The examples of docs/reference/expressions.md are true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from baton.expression import detect
from baton.expression.feel.functions import FUNCTIONS
from baton.model.values import Value
from tests.expression.support import value

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "expressions.md").read_text()
VARIABLES: dict[str, Value] = {
    "amount": 120,
    "name": "Ann",
    "tags": ["a", "b"],
    "order": {"id": 7, "lines": [{"sku": "x", "n": 2}, {"sku": "y", "n": 1}]},
    "nothing": None,
}
EXAMPLES = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_an_example_of_the_page_gives_the_value_it_says(text: str, expected: str) -> None:
    assert value(text, detect(text, "python"), **VARIABLES) == json.loads(expected)


def test_the_page_has_examples_of_each_dialect() -> None:
    assert {detect(text, "python") for text, _ in EXAMPLES} == {"juel", "feel", "python"}


def test_every_function_of_feel_is_on_the_page() -> None:
    words = " ".join(PAGE.split())

    assert [name for name in FUNCTIONS if not re.search(rf"\b{name}\b", words)] == []
