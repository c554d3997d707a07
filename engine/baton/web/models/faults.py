"""What pydantic finds wrong, in the words of the API: what was expected, and what was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from baton.model.errors import BadRequest
from baton.web.jsons import name_type

_EXPECTED: dict[str, str] = {
    "string_type": "a text",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "int_parsing_size": "an integer of 64 bits",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
}
_LIMITED: dict[str, Callable[[dict[str, Any]], str]] = {
    "greater_than": lambda limit: f"a number above {limit['gt']}",
    "greater_than_equal": lambda limit: f"{limit['ge']} or more",
    "less_than_equal": lambda limit: f"{limit['le']} or less",
    "too_long": lambda limit: f"at most {limit['max_length']}",
    "too_short": lambda limit: f"at least {limit['min_length']}",
    "literal_error": lambda limit: "one of " + limit["expected"].replace("'", "").replace(" or ", ", "),
}


def make_refusal(error: ValidationError, what: str) -> BadRequest:
    """The first fault as a refusal; ``what`` is what a name stands for: a field, or a query parameter."""
    fault = error.errors(include_url=False)[0]
    name = _name(fault)
    if fault["type"] == "missing" or fault["input"] is None:
        return BadRequest(f"Expected a value for the {what} '{name}', but found none")
    return BadRequest(f"Expected {_expected(fault)} for '{name}', but found {_found(fault)}")


def _expected(fault: ErrorDetails) -> str:
    described = _LIMITED.get(fault["type"])
    if described is not None:
        return described(fault.get("ctx", {}))
    return _EXPECTED.get(fault["type"], fault["msg"])


def _found(fault: ErrorDetails) -> str:
    if fault["type"] in ("too_long", "too_short"):
        return str(fault.get("ctx", {}).get("actual_length"))
    value: Any = fault["input"]
    return f"'{value}'" if fault["type"] == "literal_error" and isinstance(value, str) else name_type(value)


def _name(fault: ErrorDetails) -> str:
    names = [part for part in fault["loc"] if isinstance(part, str)]
    return names[-1] if names else "body"
