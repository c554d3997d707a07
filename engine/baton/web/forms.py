"""Forms of start events and user tasks: their key, their fields, their fields as variables."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from baton.model.attributes import Form, FormField
from baton.model.definition import Definition, ProcessModel
from baton.model.errors import BadRequest, NotFound
from baton.web.call import Raw
from baton.web.fields import Field, Shape, strings
from baton.web.variables import from_rest, to_rest

if TYPE_CHECKING:
    from baton.service import Engine

FORM_KEY = Shape("Form", (Field("key"), Field("camundaFormRef", "object"), Field("contextPath")))
FORM_FIELD = Shape(
    "FormField",
    (
        *strings("id", "label", "type"),
        Field("defaultValue", "any"),
        Field("choices", "objects"),
        Field("constraints", "objects"),
        Field("properties", "object"),
    ),
)
_TYPES = {"long": "Long", "boolean": "Boolean", "date": "Date", "integer": "Integer", "double": "Double"}
_DEPLOYED = ("camunda-forms:deployment:", "embedded:deployment:", "deployment:")


def start_form(engine: Engine, definition: Definition) -> Form | None:
    """The form of the process's none start event; None when it has none."""
    return start_form_of(engine.definitions.model(definition.id))


def start_form_of(model: ProcessModel) -> Form | None:
    for node in model.starts(model.id):
        if not node.events and node.form is not None:
            return node.form
    return None


def form_json(form: Form) -> dict[str, Any]:
    reference = None
    if form.ref is not None:
        reference = {"key": form.ref, "binding": form.ref_binding, "version": form.ref_version}
    return {"key": form.key.text if form.key else None, "camundaFormRef": reference, "contextPath": None}


def fields_json(form: Form | None) -> list[dict[str, Any]]:
    return [] if form is None else [_field_json(one) for one in form.fields]


def _field_json(one: FormField) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.label,
        "type": one.type,
        "defaultValue": one.default.text if one.default else None,
        "choices": [{"id": key, "name": name} for key, name in one.choices],
        "constraints": [{"name": name, "configuration": value} for name, value in one.constraints],
        "properties": dict(one.properties),
    }


def variables_json(form: Form | None, names: Sequence[str] | None) -> dict[str, Any]:
    """The fields as variables. A default that is an expression is not known before the instance runs: null."""
    fields = form.fields if form else ()
    return {one.id: _variable_json(one) for one in fields if names is None or one.id in names}


def _variable_json(one: FormField) -> dict[str, Any]:
    kind = _TYPES.get(one.type, "String")
    text = one.default.text if one.default and one.default.dialect == "literal" else None
    try:
        shown = to_rest(from_rest(one.id, {"value": text, "type": kind}))
    except BadRequest:
        shown = to_rest(text)
    return {**shown, "type": kind}


def deployed_form(engine: Engine, definition: Definition, form: Form) -> Raw:
    """The form's file out of the definition's deployment. Raises BadRequest for a key of another kind."""
    key = form.key.text if form.key else form.ref
    if key is None:
        raise BadRequest("Expected a form key, but the form is made of fields")
    name = key
    for prefix in _DEPLOYED:
        name = name.removeprefix(prefix)
    for resource in engine.deployments.list_resources(definition.deployment_id):
        if name in (resource.name, resource.name.removesuffix(".form")):
            content = engine.deployments.get_resource_content(definition.deployment_id, resource.id)
            return Raw(content, mimetypes.guess_type(resource.name)[0] or "application/json")
    raise NotFound(f"Expected the form '{name}' in deployment '{definition.deployment_id}', but it is not there")
