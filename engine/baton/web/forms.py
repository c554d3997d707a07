"""Forms of start events and user tasks: their key, their fields, their fields as variables."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from baton.model.attributes import Form, FormField
from baton.model.definition import Definition
from baton.model.errors import BadRequest
from baton.web.answers.forms import Form as ShownForm
from baton.web.answers.forms import FormChoice, FormConstraint, FormReference
from baton.web.answers.forms import FormField as ShownFormField
from baton.web.context import Raw
from baton.web.variables import from_rest, to_rest

if TYPE_CHECKING:
    from baton.service import Engine

_TYPES = {"long": "Long", "boolean": "Boolean", "date": "Date", "integer": "Integer", "double": "Double"}


def find_start_form(engine: Engine, definition: Definition) -> Form | None:
    """The form of the process's none start event; None when it has none."""
    return engine.definitions.get_model(definition.id).find_start_form()


def show_form(form: Form) -> ShownForm:
    reference = None
    if form.ref is not None:
        reference = FormReference(key=form.ref, binding=form.ref_binding, version=form.ref_version)
    return ShownForm(key=form.key.text if form.key else None, camundaFormRef=reference)


def show_fields(form: Form | None) -> list[ShownFormField]:
    return [] if form is None else [_show_field(field) for field in form.fields]


def _show_field(field: FormField) -> ShownFormField:
    return ShownFormField(
        id=field.id,
        label=field.label,
        type=field.type,
        defaultValue=field.default.text if field.default else None,
        choices=[FormChoice(id=key, name=name) for key, name in field.choices],
        constraints=[FormConstraint(name=name, configuration=value) for name, value in field.constraints],
        properties=dict(field.properties),
    )


def show_form_variables(form: Form | None, names: Sequence[str] | None) -> dict[str, Any]:
    """The fields as variables. A default that is an expression is not known before the instance runs: null."""
    fields = form.fields if form else ()
    return {field.id: _show_variable(field) for field in fields if names is None or field.id in names}


def _show_variable(field: FormField) -> dict[str, Any]:
    kind = _get_type(field)
    text = field.default.text if field.default and field.default.dialect == "literal" else None
    try:
        shown = to_rest(from_rest(field.id, {"value": text, "type": kind}))
    except BadRequest:
        shown = to_rest(text)
    return {**shown, "type": kind}


def read_deployed_form(engine: Engine, definition: Definition, form: Form) -> Raw:
    """The form's file, of the definition's deployment or of the one that its binding means. Raises BadRequest."""
    name, content = engine.forms.read(form, definition.deployment_id)
    return Raw(content, mimetypes.guess_type(name)[0] or "application/json")


_INPUTS = {"boolean": "checkbox", "date": "date", "long": "number", "integer": "number", "double": "number"}


def render_form(form: Form | None) -> Raw:
    """The fields of a form as plain HTML, like the forms that Camunda 7 generates. Raises BadRequest without fields."""
    if form is None or not form.fields:
        raise BadRequest("Expected a form with fields (camunda:formData), but found none to render")
    fields = "".join(_render_field(field) for field in form.fields)
    return Raw(f'<form name="generatedForm" role="form">{fields}</form>'.encode(), "application/xhtml+xml")


def _render_field(field: FormField) -> str:
    name, label = escape(field.id), escape(field.label or field.id)
    default = escape(field.default.text) if field.default and field.default.dialect == "literal" else ""
    attributes = f'id="{name}" name="{name}" cam-variable-name="{name}" cam-variable-type="{_get_type(field)}"'
    if field.choices:
        options = "".join(f'<option value="{escape(key)}">{escape(text)}</option>' for key, text in field.choices)
        inner = f"<select {attributes}>{options}</select>"
    else:
        inner = f'<input type="{_INPUTS.get(field.type, "text")}" {attributes} value="{default}"/>'
    return f'<div class="form-group"><label for="{name}">{label}</label>{inner}</div>'


def _get_type(field: FormField) -> str:
    return _TYPES.get(field.type, "String")
