"""The forms that lie beside a draft."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from baton.forms import FormField, read_form_data, read_form_js
from baton.model.attributes import Form
from baton.service.deployments.form_files import ENDING, remove_prefix
from baton.service.deployments.reading import Resource

DraftForms = Mapping[str, tuple[FormField, ...]]
"""The fields of each form, by its id and by the name of its file with and without the ending."""


def read_draft_forms(resources: Sequence[Resource]) -> DraftForms:
    """A file that is no JSON is left out: production checks nothing by it either."""
    by_name: dict[str, tuple[FormField, ...]] = {}
    by_id: dict[str, tuple[FormField, ...]] = {}
    for resource in resources:
        if not resource.name.endswith(ENDING):
            continue
        try:
            schema = json.loads(resource.content)
        except ValueError:
            continue
        fields = read_form_js(schema)
        by_name |= {resource.name: fields, resource.name.removesuffix(ENDING): fields}
        if isinstance(schema, dict) and (id_ := cast("dict[str, Any]", schema).get("id")):
            by_id[str(id_)] = fields
    return {**by_name, **by_id}


def list_draft_fields(form: Form, forms: DraftForms) -> tuple[FormField, ...]:
    """The fields in the model, and those of the form's file. A form that is not beside the draft has none."""
    reference = form.ref if form.ref is not None else remove_prefix(form.key.text if form.key is not None else "")
    return (*read_form_data(form.fields), *forms.get(reference, ()))
