"""Which variables do not fit a schema, each with its path. Values are not named: the texts go to logs and incidents."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from baton.model.declared import remove_declaration
from baton.model.values import FileValue, Value, Variables
from baton.schemas.reading import build_validator, list_names

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

MOST_FAULTS = 20


def list_faults(text: str, values: Variables) -> list[str]:
    """What in the variables does not fit the schema, at most 20; empty if all fit. Raises WrongSchema.

    A schema sees a date as text (RFC 3339), bytes as Base64, a file as an object of filename, mimetype and encoding.
    """
    validator = build_validator(text)
    shown = {name: _convert(value) for name, value in values.items()}
    return [_describe(error) for error in islice(validator.iter_errors(shown), MOST_FAULTS)]


def list_faults_by_name(text: str, values: Variables) -> dict[str, list[str]]:
    """Of each variable that the schema names in its ``properties``: what does not fit, empty if it fits.

    What a schema says of several variables together (``required``, ``if`` …) has no effect: the others are elsewhere.
    Raises WrongSchema.
    """
    found: dict[str, list[str]] = {name: [] for name in values if name in list_names(text)}
    if found:
        shown = {name: _convert(values[name]) for name in found}
        errors = (error for error in build_validator(text).iter_errors(shown) if _is_about_one(error))
        for error in islice(errors, MOST_FAULTS):
            found[str(error.instance_path[0])].append(_describe(error))
    return found


def _is_about_one(error: ValidationError) -> bool:
    """Whether it comes from ``properties`` that hold always: of the schema itself, behind ``$ref`` or in ``allOf``."""
    steps = (step for step in error.evaluation_path if not isinstance(step, int) and step not in ("$ref", "allOf"))
    return bool(error.instance_path) and next(steps, None) == "properties"


def _convert(value: Value) -> Any:
    plain = remove_declaration(value)
    if isinstance(plain, dict):
        return {name: _convert(item) for name, item in plain.items()}
    if isinstance(plain, list):
        return [_convert(item) for item in plain]
    if isinstance(plain, datetime):
        return plain.isoformat()
    if isinstance(plain, bytes):
        return base64.b64encode(plain).decode()
    if isinstance(plain, FileValue):
        return {"filename": plain.name, "mimetype": plain.mime_type, "encoding": plain.encoding}
    return plain


def _describe(error: ValidationError) -> str:
    return f"{_join_path(error.instance_path)}: {error.message}"


def _join_path(path: Sequence[str | int]) -> str:
    """``order.items[0].price``; ``variables`` for all of them."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "variables"
