"""Values that are submitted with the form of a user task or start event, as the form demands them."""

from __future__ import annotations

import json

from baton.forms import FormField, convert_submitted, read_form_data, read_form_js
from baton.model.attributes import Expression, Form
from baton.model.errors import NotFound
from baton.model.records import UserTask
from baton.model.values import Variables
from baton.service.core.clock import Clock
from baton.service.deployments.form_files import ENDING
from baton.service.deployments.forms import FormLibrary
from baton.service.deployments.library import DefinitionLibrary
from baton.service.reads.instance_reader import InstanceReader


class Submissions:
    def __init__(
        self, definitions: DefinitionLibrary, forms: FormLibrary, reader: InstanceReader, clock: Clock
    ) -> None:
        self._definitions, self._forms, self._reader, self._clock = definitions, forms, reader, clock

    def convert_for_task(self, task: UserTask, values: Variables) -> Variables:
        """What a task is completed with; as it is if the task has no form. Raises FormRefused."""
        node = self._definitions.get_model(task.definition_id).nodes.get(task.element)
        if node is None or node.form is None:
            return values
        fields = self._read_fields(node.form, task.definition_id, task.form_key)
        if not fields:
            return values
        seen = self._reader.get_visible_variables(task.instance_id, task.token)
        return convert_submitted(fields, values, seen, now=self._clock.now(), what=f"task form {task.id}")

    def convert_for_start(self, definition_id: str, values: Variables) -> Variables:
        """What an instance is started with by its start form; as it is without one. Raises FormRefused, NotFound."""
        form = self._definitions.get_model(definition_id).find_start_form()
        if form is None:
            return values
        fields = self._read_fields(form, definition_id, form.key.text if form.key else None)
        return convert_submitted(fields, values, {}, now=self._clock.now(), what=f"start form of {definition_id}")

    def _read_fields(self, form: Form, definition_id: str, key: str | None) -> tuple[FormField, ...]:
        """The fields in the model, and those of the form's file. A form that is drawn elsewhere has none."""
        own = read_form_data(form.fields)
        if key is not None:
            form = Form(key=Expression(key))
        if form.ref is None and not (key or "").endswith(ENDING):
            return own
        schema = self._read_schema(form, definition_id)
        return own if schema is None else (*own, *read_form_js(schema))

    def _read_schema(self, form: Form, definition_id: str) -> object:
        """The parsed file. None if it is not deployed (the form is drawn by others then) or no JSON."""
        try:
            _, content = self._forms.read(form, self._definitions.get(definition_id).deployment_id)
            return json.loads(content)
        except (NotFound, ValueError):
            return None
