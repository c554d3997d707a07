"""The fields of a form-js schema: what Camunda's form editor writes into ``.form`` files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from baton.expression import ExpressionError
from baton.expression.core.patterns import compile_pattern
from baton.forms.fields import FormField, FormFieldKind

_KINDS = {
    "textfield": FormFieldKind.TEXT,
    "textarea": FormFieldKind.TEXT,
    "number": FormFieldKind.NUMBER,
    "checkbox": FormFieldKind.BOOLEAN,
    "select": FormFieldKind.CHOICE,
    "radio": FormFieldKind.CHOICE,
    "checklist": FormFieldKind.CHOICES,
    "taglist": FormFieldKind.CHOICES,
    "filepicker": FormFieldKind.ANY,
    "dynamiclist": FormFieldKind.LIST,
}
_MOMENTS = {
    "date": FormFieldKind.ISO_DATE,
    "time": FormFieldKind.ISO_TIME,
    "datetime": FormFieldKind.ISO_MOMENT,
}
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_PHONE = r"^\+\d{1,3}[ .()\d-]{4,20}$"
_PATTERNS = {"email": _EMAIL, "phone": _PHONE}
DEEPEST = 20
"""Groups inside one another; what lies deeper is not checked."""


def read_form_js(schema: object) -> tuple[FormField, ...]:
    """The fields of a schema; what shows only (texts, buttons, pictures) has none. ``schema`` is parsed JSON."""
    return tuple(_list_fields(_get_parts(schema), 0))


def _list_fields(components: list[Mapping[str, Any]], depth: int) -> Iterator[FormField]:
    for component in components if depth < DEEPEST else []:
        path = component.get("key") if component.get("type") != "group" else component.get("path")
        if component.get("type") == "group" and not path:
            # A group without a path only stands around its fields; when it is hidden, so are they.
            for part in _list_fields(_get_parts(component), depth + 1):
                yield replace(part, hidden=(*part.hidden, *_read_hidden(component)))
        elif component.get("type") == "dynamiclist" or path:
            yield from _nest(str(component.get("path") or path or "").split("."), component, depth)


def _nest(path: list[str], component: Mapping[str, Any], depth: int) -> Iterator[FormField]:
    """``a.b`` is the field ``b`` of a group ``a``."""
    if not path[0]:
        return
    if len(path) > 1:
        inner = tuple(_nest(path[1:], component, depth))
        yield FormField(name=path[0], kind=FormFieldKind.GROUP, parts=inner, hidden=_read_hidden(component))
        return
    field = _read_component(path[0], component, depth)
    if field is not None:
        yield field


def _read_component(name: str, component: Mapping[str, Any], depth: int) -> FormField | None:
    type_ = component.get("type")
    if type_ == "group":
        parts = tuple(_list_fields(_get_parts(component), depth + 1))
        return FormField(name=name, kind=FormFieldKind.GROUP, parts=parts, hidden=_read_hidden(component))
    kind = _MOMENTS.get(str(component.get("subtype"))) if type_ == "datetime" else _KINDS.get(str(type_))
    if kind is None:
        return None
    rules = _get_object(component, "validate")
    if type_ == "number" and component.get("serializeToString"):
        kind = FormFieldKind.TEXT
    pattern = rules.get("pattern") or _PATTERNS.get(str(rules.get("validationType")))
    return FormField(
        name=name,
        kind=kind,
        required=rules.get("required") is True,
        readonly=component.get("readonly") is True or component.get("disabled") is True,
        default=component.get("defaultValue"),
        choices=_read_choices(component),
        minimum=_read_number(rules.get("min")),
        maximum=_read_number(rules.get("max")),
        shortest=_read_length(rules.get("minLength")),
        longest=_read_length(rules.get("maxLength")),
        pattern=pattern,
        hidden=_read_hidden(component),
        parts=tuple(_list_fields(_get_parts(component), depth + 1)),
        wrong_model=_find_fault(pattern),
    )


def _read_choices(component: Mapping[str, Any]) -> tuple[object, ...] | None:
    """The values that are written in the schema; None if variables or an expression give them."""
    values = component.get("values")
    if not isinstance(values, list) or component.get("valuesKey") or component.get("valuesExpression"):
        return None
    return tuple(
        choice["value"]
        for choice in cast("list[Mapping[str, Any]]", values)
        if isinstance(choice, dict) and "value" in choice
    )


def _read_hidden(component: Mapping[str, Any]) -> tuple[str, ...]:
    text = _get_object(component, "conditional").get("hide")
    return (text,) if isinstance(text, str) and text.startswith("=") else ()


def _read_number(value: object) -> float | None:
    """A bound; an expression in its place is one of the browser's."""
    try:
        return float(cast("Any", value))
    except (TypeError, ValueError):
        return None


def _read_length(value: object) -> int | None:
    number = _read_number(value)
    return None if number is None else int(number)


def _find_fault(pattern: object) -> str | None:
    if pattern is None:
        return None
    try:
        compile_pattern(str(pattern))
    except ExpressionError as error:
        return f"its pattern cannot be used: {error}"
    return None


def _get_object(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = holder.get(name)
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}


def _get_parts(holder: object) -> list[Mapping[str, Any]]:
    found = cast("Mapping[str, Any]", holder).get("components") if isinstance(holder, dict) else None
    return [part for part in cast("list[Any]", found) if isinstance(part, dict)] if isinstance(found, list) else []
