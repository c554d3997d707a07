"""Values become those of their field's type, as Camunda 7 converts them: text that says such a value is one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import cast

from baton.forms.fields import FormField, FormFieldKind, UnfitValue
from baton.model.declared import Declaration, declare, remove_declaration
from baton.model.values import Value

USUAL_PATTERN = "dd/MM/yyyy"
"""How Camunda 7 reads the text of a date field that has no pattern of its own."""
_LONG = 1 << 63
_INT = 1 << 31
_WHOLE = re.compile(r"[+-]?\d{1,19}")
_LETTERS = {
    "yyyy": "%Y",
    "yy": "%y",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "M": "%m",
    "dd": "%d",
    "d": "%d",
    "HH": "%H",
    "H": "%H",
    "mm": "%M",
    "ss": "%S",
}
_PART = re.compile(r"([A-Za-z])\1*|'[^']*'|.", re.DOTALL)


def convert_value(field: FormField, value: Value, place: str) -> Value:
    """The value as the field's type has it; None stays None. Raises UnfitValue naming ``place``."""
    plain = remove_declaration(value)
    if plain is None or (plain == "" and field.kind not in (FormFieldKind.TEXT, FormFieldKind.ANY)):
        return None
    expected, convert = _KINDS[field.kind]
    found = convert(field, plain)
    if found is None:
        raise UnfitValue(f"Expected {_describe(field, expected)} for field '{place}', but found {name_value(plain)}")
    return value if found is plain else found


def name_value(value: object) -> str:
    """A value as a message shows it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _describe(field: FormField, expected: str) -> str:
    if field.choices is not None:
        return f"{expected} ({', '.join(name_value(choice) for choice in field.choices[:20])})"
    if field.kind is FormFieldKind.DATE:
        return f"{expected} or '{field.date_pattern or USUAL_PATTERN}'"
    return expected


def _keep(field: FormField, value: Value) -> Value:
    del field
    return value


def _to_text(field: FormField, value: Value) -> Value:
    del field
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else None


def _to_boolean(field: FormField, value: Value) -> Value:
    del field
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def _to_whole(field: FormField, value: Value) -> Value:
    limit = _LONG if field.kind is FormFieldKind.LONG else _INT
    number = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value.strip()) else value
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int) or not -limit <= number < limit:
        return None
    is_declared = field.kind is FormFieldKind.LONG and -_INT <= number < _INT
    return declare(number, Declaration(type="Long")) if is_declared else number


def _to_number(field: FormField, value: Value) -> Value:
    del field
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _to_date(field: FormField, value: Value) -> Value:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        return None
    found = _parse_iso(value.strip()) or _parse_pattern(value.strip(), field.date_pattern or USUAL_PATTERN)
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _parse_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r"([+-]\d{2})(\d{2})$", r"\1:\2", text) if "T" in text else text)
    except ValueError:
        return None


def _parse_pattern(text: str, pattern: str) -> datetime | None:
    """Read a date by a pattern of Java's SimpleDateFormat, of the letters that dates are written with."""
    try:
        return datetime.strptime(text, _PART.sub(_translate_part, pattern))
    except ValueError:
        return None


def _translate_part(part: re.Match[str]) -> str:
    text = part.group()
    return _LETTERS.get(text) or text.strip("'").replace("%", "%%")


def _keep_iso(read: Callable[[str], object]) -> Callable[[FormField, Value], Value]:
    """form-js writes dates and times as ISO text, and text they stay."""

    def check(field: FormField, value: Value) -> Value:
        del field
        if isinstance(value, datetime):
            return value
        try:
            read(value if isinstance(value, str) else "")
        except ValueError:
            return None
        return value

    return check


def _choose(field: FormField, value: Value) -> Value:
    return value if field.choices is None or _is_among(value, field.choices) else None


def _choose_all(field: FormField, value: Value) -> Value:
    if not isinstance(value, list):
        return None
    return value if all(_choose(field, item) is not None for item in value) else None


def _is_among(value: Value, choices: tuple[object, ...]) -> bool:
    return any(type(value) is type(choice) and value == choice for choice in choices)


def _to_json(field: FormField, value: Value) -> Value:
    del field
    if not isinstance(value, str):
        return value
    try:
        return cast("Value", json.loads(value))
    except ValueError:
        return None


_KINDS: Mapping[FormFieldKind, tuple[str, Callable[[FormField, Value], Value]]] = {
    FormFieldKind.TEXT: ("a text", _to_text),
    FormFieldKind.WHOLE: ("a whole number of at most 32 bits", _to_whole),
    FormFieldKind.LONG: ("a whole number", _to_whole),
    FormFieldKind.NUMBER: ("a number", _to_number),
    FormFieldKind.BOOLEAN: ("true or false", _to_boolean),
    FormFieldKind.DATE: ("a date such as '2026-12-01', '2026-12-01T09:30:00Z'", _to_date),
    FormFieldKind.ISO_DATE: ("a date such as '2026-12-01'", _keep_iso(date.fromisoformat)),
    FormFieldKind.ISO_TIME: ("a time such as '09:30'", _keep_iso(time.fromisoformat)),
    FormFieldKind.ISO_MOMENT: ("a date and time such as '2026-12-01T09:30:00Z'", _keep_iso(datetime.fromisoformat)),
    FormFieldKind.CHOICE: ("one of its choices", _choose),
    FormFieldKind.CHOICES: ("a list of its choices", _choose_all),
    FormFieldKind.JSON: ("JSON", _to_json),
    FormFieldKind.GROUP: ("an object", lambda _, value: value if isinstance(value, dict) else None),
    FormFieldKind.LIST: ("a list of objects", lambda _, value: value if isinstance(value, list) else None),
    FormFieldKind.ANY: ("a value", _keep),
}
