"""The rules that a converted value must keep; a bound itself is allowed."""

from __future__ import annotations

from collections.abc import Iterator

from baton.expression.core.patterns import compile_pattern
from baton.forms.fields import FormField
from baton.forms.kinds import name_value
from baton.model.values import Value


def list_faults(field: FormField, value: Value, place: str) -> Iterator[str]:
    """What is wrong with a value that is there and of the field's type."""
    if field.wrong_model is not None:
        yield f"Field '{place}' cannot be checked, because {field.wrong_model}: correct the model"
        return
    for is_wrong, rule in _measure(field, value):
        if is_wrong:
            yield f"Expected {rule} for field '{place}', but found {name_value(value)}"


def _measure(field: FormField, value: Value) -> Iterator[tuple[bool, str]]:
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if field.minimum is not None and number is not None:
        yield number < field.minimum, f"at least {field.minimum:g}"
    if field.maximum is not None and number is not None:
        yield number > field.maximum, f"at most {field.maximum:g}"
    if not isinstance(value, str):
        return
    if field.shortest is not None:
        yield len(value) < field.shortest, f"at least {field.shortest} characters"
    if field.longest is not None:
        yield len(value) > field.longest, f"at most {field.longest} characters"
    if field.pattern is not None:
        fits = value == "" or compile_pattern(field.pattern).search(value) is not None
        yield not fits, f"a text that fits the pattern {field.pattern}"
