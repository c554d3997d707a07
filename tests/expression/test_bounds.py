"""No expression hangs, eats the memory, or raises anything but ExpressionError."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.expression import ExpressionError, compile_expression, detect, is_truthy
from baton.expression.core.limits import MAX_DEPTH
from baton.model.attributes import Dialect
from tests.expression.support import failure, scope, value

BOMBS: list[tuple[str, Dialect]] = [
    ("9**9**9", "python"),
    ("9.0**9**9", "python"),
    ("'a' * 10**9", "python"),
    ("[0] * 10**9", "python"),
    ("range(10**9)", "python"),
    ("[x for x in range(1000) for y in range(1000) for z in range(1000)]", "python"),
    ("'a'.replace('', 'b' * 10**6).replace('', 'b' * 10**6)", "python"),
    ("'a'.join(['b' * 10**6 for x in range(100)])", "python"),
    ("1" + "0" * 5000, "python"),
    ("=for i in 1..1000, j in 1..1000, k in 1..1000 return k", "feel"),
    ("=count(for i in 1..100000 return (for j in 1..100000 return j))", "feel"),
    ("=every i in 1..1000000000 satisfies true", "feel"),
    ("={a: [1,1], b: [a,a], c: [b,b], d: [c,c], e: [d,d], f: [e,e], g: [f,f], h: [g,g], i: [h,h], j: [i,i], k: [j,j], "
     "l: [k,k], m: [l,l], n: [m,m], o: [n,n], p: [o,o], q: [p,p], r: [q,q], s: [r,r], t: [s,s]}.t", "feel"),
    ("(" * 5000, "python"),
    ("=" + "[" * 5000, "feel"),
    ("${" + "!" * 5000 + "true}", "juel"),
    ("not " * 3000 + "x", "python"),
    ("x" + ".a" * 5000, "python"),
    ("=" + "if true then 1 else " * 500 + "1", "feel"),
    ("${" + "x ? " * 500 + "1}", "juel"),
    ("1 + " * 40_000 + "1", "python"),
    ("=" + "/*" * 15000, "feel"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "dialect"), BOMBS)
def test_a_bomb_is_an_error_soon(text: str, dialect: Dialect) -> None:
    started = time.thread_time()

    failure(text, dialect, x=1)

    assert time.thread_time() - started < 2


def test_a_regex_bomb_is_answered_in_linear_time() -> None:
    started = time.thread_time()

    assert value("${s.matches('(a+)+(a|aa)+$')}", "juel", s="a" * 5000 + "b") is False
    assert value('=matches(s, "^(([a-z])+.)+[A-Z]([a-z])+$")', "feel", s="a" * 5000) is False
    failure("${s.matches('(a{1000}){1000}')}", "juel", s="a")

    assert time.thread_time() - started < 2


def test_shared_structure_does_not_make_comparison_explode() -> None:
    doubled = "{a: [1,1], " + ", ".join(
        f"{b}: [{a},{a}]" for a, b in zip("abcdefghijklmnopqrs", "bcdefghijklmnopqrst", strict=True)
    )

    error = failure(f"={doubled}}}.t = {doubled}}}.t", "feel")

    assert "steps" in error.message


def test_a_long_chain_of_operators_needs_no_depth() -> None:
    assert value("1" + " + 1" * 5000, "python") == 5001
    assert value("${" + "true && " * 2000 + "true}", "juel") is True


def test_nesting_up_to_the_limit_works() -> None:
    depth = MAX_DEPTH - 1

    assert value("(" * depth + "1" + ")" * depth, "python") == 1
    assert value("=" + "(" * depth + "1" + ")" * depth, "feel") == 1


def test_a_large_list_of_the_outside_can_be_counted_and_filtered() -> None:
    many: list[object] = list(range(20_000))

    assert value("=count(xs[item > 10])", "feel", xs=many) == 19_989  # type: ignore[arg-type]


WORDS = """x y o 1 2.5 -3 9 "a" 'b' true false null None True + - * / ** // % == != < > <= >= = && || ! and or not in is
if else then for return some every satisfies ( ) [ ] { } , . : .. ? ${ } #{ .a .size() .contains( .get( len( sum( range(
max( abs( count( string( substring( date( duration( "P1D" "2026-01-01" @ now() instance of between [0] [1..3] item ?
.matches( .replace( .split( join( `z` execution .getVariable( div mod eq empty _ é \\ "\\u0041" 1e400 0x1F"""
PIECES = st.sampled_from([*WORDS.split(), "xs"])
DIALECTS: st.SearchStrategy[Dialect] = st.sampled_from(["juel", "feel", "python"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.datetimes(timezones=st.timezones()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


def _try(text: str, dialect: Dialect, **variables: object) -> None:
    """Anything but an ExpressionError fails the test, and so does more than two seconds of processor time."""
    began = time.thread_time()
    found = _error(text, dialect, variables)

    assert time.thread_time() - began < 2
    assert found is None or found.kind in ("syntax", "evaluation")
    assert found is None or found.position is None or 0 <= found.position <= len(text)


def _error(text: str, dialect: Dialect, variables: dict[str, object]) -> ExpressionError | None:
    try:
        compile_expression(text, dialect).evaluate(scope(**variables))  # type: ignore[arg-type]
    except ExpressionError as error:
        return error
    return None


@settings(max_examples=1500)
@given(st.lists(PIECES, max_size=14), DIALECTS, VALUES, VALUES)
def test_random_words_give_a_value_or_an_expression_error(
    pieces: list[str], dialect: Dialect, x: object, o: object
) -> None:
    text = " ".join(pieces)
    _try("${" + text + "}" if dialect == "juel" else text, dialect, x=x, o=o, xs=[x, o], y="text")


@settings(max_examples=500)
@given(st.text(max_size=60), DIALECTS)
def test_random_text_gives_a_value_or_an_expression_error(text: str, dialect: Dialect) -> None:
    _try(text, dialect)


OPERATIONS = "+ - * / ** % // < > <= == = != in and or div mod eq"
OPERATORS = st.sampled_from(OPERATIONS.split())


@settings(max_examples=1500)
@given(DIALECTS, OPERATORS, VALUES, VALUES)
def test_every_operator_takes_every_value(dialect: Dialect, op: str, x: object, y: object) -> None:
    text = f"x {op} y"
    _try("${" + text + "}" if dialect == "juel" else text, dialect, x=x, y=y)


@settings(max_examples=300)
@given(st.lists(VALUES, max_size=4), st.data())
def test_every_function_of_feel_takes_every_value(arguments: list[object], data: st.DataObject) -> None:
    from baton.expression.feel.functions import FUNCTIONS

    name = data.draw(st.sampled_from(sorted(FUNCTIONS)))
    names = {f"a{at}": argument for at, argument in enumerate(arguments)}
    _try(f"={name}({', '.join(names)})", "feel", **names)


@settings(max_examples=300)
@given(VALUES, st.lists(VALUES, max_size=3), st.data())
def test_every_method_takes_every_value(target: object, arguments: list[object], data: st.DataObject) -> None:
    from baton.expression.core.methods import COMMON, NUMBERS
    from baton.expression.core.methods_collections import LISTS, MAPS
    from baton.expression.core.methods_dates import DATES
    from baton.expression.core.methods_text import TEXTS

    name = data.draw(st.sampled_from(sorted({*COMMON, *NUMBERS, *LISTS, *MAPS, *DATES, *TEXTS})))
    names = {f"a{at}": argument for at, argument in enumerate(arguments)}
    _try(f"${{x.{name}({', '.join(names)})}}", "juel", x=target, **names)
    _try(f"x.{name}({', '.join(names)})", "python", x=target, **names)


@pytest.mark.parametrize(
    ("text", "plain", "expected"),
    [
        ("${x}", "literal", "juel"),
        ("a #{x}", "python", "juel"),
        ("=x", "literal", "feel"),
        (" =x", "literal", "feel"),
        ("x > 1", "python", "python"),
        ("text", "literal", "literal"),
    ],
)
def test_the_dialect_is_seen_in_the_text(text: str, plain: Dialect, expected: Dialect) -> None:
    assert detect(text, plain) == expected


def test_a_condition_must_be_true_or_false() -> None:
    assert is_truthy(True) is True
    with pytest.raises(ExpressionError, match="but found the text 'yes'"):
        is_truthy("yes")
    with pytest.raises(ExpressionError, match="but found null"):
        is_truthy(None)


def test_a_feel_condition_that_is_null_names_the_variable_that_is_missing() -> None:
    condition = compile_expression("=amout > 3", "feel")

    with pytest.raises(ExpressionError, match="no variable 'amout'; did you mean 'amount'"):
        condition.holds(scope(amount=5))
    assert compile_expression("=amount > 3", "feel").holds(scope(amount=5)) is True


def test_compiling_twice_gives_the_same_object() -> None:
    assert compile_expression("${x}", "juel") is compile_expression("${x}", "juel")
