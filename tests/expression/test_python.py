from __future__ import annotations

import pytest

from baton.model.values import Value
from tests.expression.support import failure, value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x > 3 and 'a' in y", True),
        ("1 < x <= 5 < 6", True),
        ("1 < x < 5", False),
        ("not x == 5 or x != 4", True),
        ("x if x > 3 else -x", 5),
        ("y or 'nothing'", ["a", "b"]),
        ("[] or 'nothing'", "nothing"),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("2 ** 3 ** 2", 512),
        ("7 // 2 + 7 % 2", 4),
        ("7 / 2", 3.5),
        ("'a' 'b' + \"c\"", "abc"),
        ("'ab' * 2", "abab"),
        ("o.a['b'][-1]", 2),
        ("y[0:1] + y[1:]", ["a", "b"]),
        ("len(y) == 2 and 'c' not in y", True),
        ("n is None and x is not None", True),
        ("[i * 2 for i in [1, 2, 3] if i > 1]", [4, 6]),
        ("sum(i for i in range(4))", 6),
        ("any(i > 2 for i in [1, 2, 3])", True),
        ("{'k': 1, 'l': [x]}", {"k": 1, "l": [5]}),
        ("(1, 2)", [1, 2]),
        ("max(1, x, 3) - min([4, 2])", 3),
        ("round(2.345, 1)", 2.3),
        ("' A '.strip().lower()", "a"),
        ("'a,b'.split(',')", ["a", "b"]),
        ("'-'.join(y)", "a-b"),
        ("o.get('z', 7)", 7),
        ("sorted([3, 1, 2])", [1, 2, 3]),
        ("str(x) + '!'", "5!"),
        ("int('12') + float('0.5')", 12.5),
        ("x == 5  # the limit", True),
        ("True == 1", False),
    ],
)
def test_expressions_mean_what_python_means(text: str, expected: Value) -> None:
    assert value(text, "python", x=5, y=["a", "b"], o={"a": {"b": [1, 2]}}, n=None) == expected


@pytest.mark.parametrize(
    "text",
    [
        "lambda: 1",
        "x := 1",
        "f'{x}'",
        "x.__class__",
        "[*y]",
        "x = 1",
        "import os",
        "await x",
        "open('/etc/passwd')",
        "y.append(1)",
    ],
)
def test_what_is_no_plain_expression_is_refused(text: str) -> None:
    failure(text, "python", x=1, y=[])


def test_a_missing_name_a_wrong_key_and_a_wrong_type_are_errors() -> None:
    assert "did you mean 'amount'" in failure("amuont > 1", "python", amount=2).message
    assert "did you mean 'amount'" in failure("o['amuont']", "python", o={"amount": 1}).message
    assert "the text 'a'" in failure("x > 3", "python", x="a").message
    assert "within" in failure("y[3]", "python", y=[1]).message


def test_a_syntax_error_has_a_hint() -> None:
    assert "compare with '=='" in failure("x = 1", "python").message
    assert "write 'and'" in failure("x & y", "python").message
    assert failure("x and", "python").position == 5
