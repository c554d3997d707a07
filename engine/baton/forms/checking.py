"""Everything that is submitted with a form, converted and checked by its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from baton.expression import ExpressionError, MappingScope, compile_expression
from baton.forms.constraints import list_faults
from baton.forms.fields import FormField, FormFieldKind, FormRefused, UnfitValue
from baton.forms.kinds import convert_value, name_value
from baton.model.attributes import Expression
from baton.model.declared import remove_declaration
from baton.model.times import Millis, to_datetime
from baton.model.values import Value, Variables


def convert_submitted(
    fields: Sequence[FormField], given: Variables, seen: Variables, *, now: Millis, what: str
) -> dict[str, Value]:
    """What was given, each field as its type has it, and the defaults of fields that nothing is known of.

    ``seen`` are the variables that are there already: they count where a field is required. What has no field stays as
    it is. Raises FormRefused with all faults; ``what`` names the form in it (``task form 'x'``).
    """
    check = _Check(seen, given, now)
    converted = check.convert_fields(fields, given, seen, "")
    if check.faults:
        raise FormRefused(what, check.faults)
    return converted


class _Check:
    def __init__(self, seen: Variables, given: Variables, now: Millis) -> None:
        self.faults: list[str] = []
        self._scope = MappingScope({**seen, **given}, {"now": to_datetime(now)})

    def convert_fields(
        self, fields: Sequence[FormField], given: Variables, seen: Variables, prefix: str
    ) -> dict[str, Value]:
        converted = dict(given)
        for field in fields:
            if self._is_hidden(field):
                continue
            place = f"{prefix}{field.name}"
            if field.name not in converted and seen.get(field.name) is None:
                self._add_default(field, converted, place)
            if field.name in converted:
                self._convert(field, converted, seen, place)
            self._require(field, converted, seen, place)
        return converted

    def _is_hidden(self, field: FormField) -> bool:
        try:
            return any(compile_expression(text, "feel").evaluate(self._scope) is True for text in field.hidden)
        except ExpressionError as error:
            self.faults.append(f"Field '{field.name}' cannot be checked, because its condition fails: {error}")
            return True

    def _add_default(self, field: FormField, converted: dict[str, Value], place: str) -> None:
        default = field.default
        if not isinstance(default, Expression):
            if default is not None:
                converted[field.name] = cast("Value", default)
            return
        try:
            converted[field.name] = compile_expression(default.text, default.dialect).evaluate(self._scope)
        except ExpressionError as error:
            self.faults.append(f"Expected a value for field '{place}', because its default fails: {error}")

    def _convert(self, field: FormField, converted: dict[str, Value], seen: Variables, place: str) -> None:
        try:
            value = convert_value(field, converted[field.name], place)
        except UnfitValue as error:
            self.faults.append(str(error))
            return
        self._check_readonly(field, value, seen, place)
        converted[field.name] = self._convert_parts(field, value, seen.get(field.name), place)
        if value is not None:
            self.faults.extend(list_faults(field, remove_declaration(value), place))

    def _check_readonly(self, field: FormField, value: Value, seen: Variables, place: str) -> None:
        """A value that is sent back as it was changes nothing, so it is not a fault."""
        if not field.readonly or value is None:
            return
        known = seen.get(field.name)
        allowed = field.default if known is None else known
        if isinstance(allowed, Expression) or value == allowed:
            return
        found = name_value(remove_declaration(value))
        self.faults.append(f"Expected nothing for field '{place}', which is read-only, but found {found}")

    def _convert_parts(self, field: FormField, value: Value, seen: Value, place: str) -> Value:
        if field.kind is FormFieldKind.GROUP and isinstance(value, dict):
            return self.convert_fields(field.parts, value, seen if isinstance(seen, dict) else {}, f"{place}.")
        if field.kind is FormFieldKind.LIST and isinstance(value, list):
            return [self._convert_item(field, item, f"{place}[{number}]") for number, item in enumerate(value)]
        return value

    def _convert_item(self, field: FormField, item: Value, place: str) -> Value:
        if isinstance(item, dict):
            return self.convert_fields(field.parts, item, {}, f"{place}.")
        self.faults.append(f"Expected an object for field '{place}', but found {name_value(item)}")
        return item

    def _require(self, field: FormField, converted: Mapping[str, Value], seen: Variables, place: str) -> None:
        value = converted.get(field.name, seen.get(field.name))
        if field.required and (value is None or value == "" or value == []):
            self.faults.append(f"Expected a value for field '{place}', which is required, but found none")
        elif field.kind is FormFieldKind.GROUP and value is None:
            self.convert_fields([part for part in field.parts if part.required], {}, {}, f"{place}.")
