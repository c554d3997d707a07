"""The fields of ``camunda:formData`` and ``camunda:formProperty``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from baton.forms.fields import FormField, FormFieldKind
from baton.model.attributes import FormField as ModelField

KINDS = {
    "string": FormFieldKind.TEXT,
    "long": FormFieldKind.LONG,
    "integer": FormFieldKind.WHOLE,
    "int": FormFieldKind.WHOLE,
    "double": FormFieldKind.NUMBER,
    "number": FormFieldKind.NUMBER,
    "boolean": FormFieldKind.BOOLEAN,
    "date": FormFieldKind.DATE,
    "enum": FormFieldKind.CHOICE,
    "json": FormFieldKind.JSON,
}
_NUMBERS = {FormFieldKind.LONG, FormFieldKind.WHOLE, FormFieldKind.NUMBER}
_TEXTS = {FormFieldKind.TEXT, FormFieldKind.CHOICE}
_BOUNDS = {"min": "minimum", "max": "maximum", "minlength": "shortest", "maxlength": "longest"}


def read_form_data(fields: Iterable[ModelField]) -> tuple[FormField, ...]:
    """The fields as they are checked; a type that Baton does not know takes any value."""
    return tuple(_read_field(field) for field in fields)


def _read_field(field: ModelField) -> FormField:
    constraints = dict(field.constraints)
    kind = KINDS.get(field.type.lower(), FormFieldKind.ANY)
    bounds, wrong = _read_bounds(kind, field.type, constraints)
    return FormField(
        name=field.id,
        kind=kind,
        required=_is_on(constraints, "required"),
        readonly=_is_on(constraints, "readonly"),
        default=field.default,
        choices=tuple(key for key, _ in field.choices) or None if kind is FormFieldKind.CHOICE else None,
        date_pattern=dict(field.properties).get("datePattern"),
        wrong_model=wrong,
        **bounds,
    )


def _is_on(constraints: Mapping[str, str], name: str) -> bool:
    return constraints.get(name, "false").lower() != "false"


def _read_bounds(kind: FormFieldKind, type_: str, constraints: Mapping[str, str]) -> tuple[dict[str, Any], str | None]:
    """The bounds, and what is wrong with the first that cannot be kept."""
    bounds: dict[str, Any] = {}
    for name, target in _BOUNDS.items():
        if name not in constraints:
            continue
        config = constraints[name]
        fitting = _NUMBERS if target in ("minimum", "maximum") else _TEXTS
        if kind not in fitting and kind is not FormFieldKind.ANY:
            return {}, f"its constraint '{name}' does not go with its type '{type_}'"
        try:
            bounds[target] = float(config) if target in ("minimum", "maximum") else int(config)
        except ValueError:
            return {}, f"its constraint '{name}' is '{config}' instead of a number"
    return bounds, None
