"""What looks like a mistyped operator in FEEL is reported with its place; names of several words are not."""

from __future__ import annotations

import pytest

from baton.bpmn import read
from tests.service.processes import bpmn, line


def find(expression: str, more: str = "") -> list[tuple[str | None, str]]:
    task = f'<serviceTask id="t" camunda:type="external" camunda:topic="{expression}">{more}</serviceTask>'
    problems = read(bpmn(line(task))).problems
    return [(problem.element, problem.message) for problem in problems if problem.rule == "mistyped-operator"]


@pytest.mark.parametrize(
    ("expression", "word", "operator"),
    [
        ("=a adn b", "adn", "and"),
        ("=a AND b", "AND", "and"),
        ("=a Or b", "Or", "or"),
        ("=x.a ro b", "ro", "or"),
        ("=if a andd b then 1 else 2", "andd", "and"),
        ("=[1, order total nad b]", "nad", "and"),
        ("=x bewteen y", "bewteen", "between"),
    ],
)
def test_a_word_like_an_operator_is_told(expression: str, word: str, operator: str) -> None:
    ((element, message),) = find(expression)
    assert element == "t"
    assert f"'{operator}'" in message
    assert f"'{word}' (column {expression.index(word) + 1} " in message


@pytest.mark.parametrize(
    "expression",
    [
        "=date of birth",
        "=a and b",
        "=terms for order",
        "=order total",
        "=name on card",
        "=an offer",
        "=end of hand",
        "=a",
    ],
)
def test_names_of_several_words_are_not(expression: str) -> None:
    assert find(expression) == []


def test_a_name_that_the_process_sets_is_none() -> None:
    output = (
        "<extensionElements><camunda:inputOutput>"
        '<camunda:inputParameter name="pros OR cons">1</camunda:inputParameter>'
        "</camunda:inputOutput></extensionElements>"
    )
    assert find("=pros OR cons", output) == []


def test_scripts_in_feel_are_looked_at_too() -> None:
    script = '<scriptTask id="t" scriptFormat="feel"><script>a adn b</script></scriptTask>'
    output = (
        '<serviceTask id="t" camunda:type="external" camunda:topic="w"><extensionElements><camunda:inputOutput>'
        '<camunda:inputParameter name="n"><camunda:script scriptFormat="feel">a adn b</camunda:script>'
        "</camunda:inputParameter></camunda:inputOutput></extensionElements></serviceTask>"
    )
    for node in (script, output):
        (problem,) = (p for p in read(bpmn(line(node))).problems if p.rule == "mistyped-operator")
        assert (problem.element, problem.is_error) == ("t", False)
        assert "'adn' (column 3 of a adn b)" in problem.message
