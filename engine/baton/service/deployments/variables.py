"""Which variables the processes of some files read and write, with the fields of the forms that lie beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from baton.bpmn.queries.variable_uses import VariableUse, list_variable_uses
from baton.forms import read_form_js
from baton.model.attributes import Form
from baton.model.definition import ProcessModel
from baton.service.deployments.form_files import ENDING, read_form_id, remove_prefix
from baton.service.deployments.reading import Resource, read_resources


@dataclass(frozen=True, slots=True)
class FileVariableUse:
    """A use of a variable, with the name of its file."""

    resource: str
    use: VariableUse


def list_uses(resources: Sequence[Resource]) -> list[FileVariableUse]:
    """Every use once. A file that cannot be read has none."""
    fields = _read_fields(resources)
    contents = read_resources(resources)
    return [
        FileVariableUse(file.name, use)
        for file, reading in contents.bpmn
        for model in reading.processes
        for use in sorted({*list_variable_uses(model), *_list_of_files(model, fields)})
    ]


def _read_fields(resources: Sequence[Resource]) -> Mapping[str, tuple[str, ...]]:
    """The fields of each form, by all that a model may call it by; a file that is no JSON has none."""
    found: dict[str, tuple[str, ...]] = {}
    for resource in resources:
        if not resource.name.endswith(ENDING):
            continue
        try:
            fields = tuple(field.name for field in read_form_js(json.loads(resource.content)))
        except ValueError:
            continue
        names = (resource.name, resource.name.removesuffix(ENDING), read_form_id(resource.content))
        found |= dict.fromkeys(names, fields)
    return found


def _list_of_files(model: ProcessModel, fields: Mapping[str, tuple[str, ...]]) -> Iterator[VariableUse]:
    for node in model.nodes.values():
        for name in fields.get(_name_form(node.form), ()) if node.form is not None else ():
            yield VariableUse(name, node.id, "read", "form")
            yield VariableUse(name, node.id, "write", "form")


def _name_form(form: Form) -> str:
    """What the form's file is called in the model; empty without one."""
    return form.ref if form.ref is not None else remove_prefix(form.key.text if form.key is not None else "")
