"""The variables of an instance, an execution or a task: the same routes for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from baton.model.commands import SetVariables
from baton.model.errors import BadRequest, NotFound
from baton.model.values import FileValue, Value
from baton.web.context import Raw, RequestContext
from baton.web.downloads import describe_attachment, is_header_text
from baton.web.models.fields import ShownVariables
from baton.web.models.variable import Variable
from baton.web.models.variables import (
    ModifyVariables,
    OneVariableQuery,
    SetVariable,
    UploadedVariable,
    VariablesQuery,
)
from baton.web.routes.group import Group
from baton.web.scopes import Scope
from baton.web.variables import from_rest, from_rest_variables, read_header_text, to_rest, to_rest_variables

_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the variables: ``find`` gives the scope of an id; ``visible`` includes those of outer scopes.

    ``lends``: one that is asked for by its name may be of an outer scope. In Camunda 7 an execution without variables
    of its own is most often that of the scope around it, and clients ask for its variables.
    """

    base: str
    what: str
    find: Callable[[RequestContext, str], Scope]
    visible: bool = False
    lends: bool = False

    def read(self, context: RequestContext, id: str) -> dict[str, Value]:
        return self._read(context, id, visible=self.visible)

    def _read(self, context: RequestContext, id: str, *, visible: bool) -> dict[str, Value]:
        scope = self.find(context, id)
        if visible:
            return dict(context.engine.instance_reader.get_visible_variables(scope.instance_id, scope.token))
        return dict(context.engine.instance_reader.get_variables(scope.instance_id, scope.token))

    def read_one(self, context: RequestContext, id: str, name: str) -> Value:
        """Raises NotFound when there is no such variable."""
        values = self._read(context, id, visible=self.visible or self.lends)
        if name not in values:
            raise NotFound(f"Expected a variable '{name}' of {self.what} '{id}', but it has none")
        return values[name]

    def write(self, context: RequestContext, id: str, values: dict[str, Value], removed: tuple[str, ...] = ()) -> None:
        scope = self.find(context, id)
        command = SetVariables(set=values, removed=removed, token=scope.token or None, local=not self.visible)
        context.engine.mailbox.submit(scope.instance_id, command, command_id=context.command_id)


def declare(group: Group, holder: Holder) -> None:
    """Declare the routes of the variables that ``holder`` holds."""
    _declare_all(group, holder)
    _declare_one(group, holder)
    _declare_data(group, holder)


def _declare_all(group: Group, holder: Holder) -> None:
    @group.get(holder.base, f"The variables of {holder.what}")
    def get_all(context: RequestContext, id: str, query: VariablesQuery) -> ShownVariables:
        return to_rest_variables(holder.read(context, id), query.deserializeValues is not False)

    @group.post(holder.base, f"Set and remove variables of {holder.what}")
    def modify(context: RequestContext, id: str, body: ModifyVariables) -> None:
        holder.write(context, id, body.modifications or {}, body.deletions or ())

    del get_all, modify


def _declare_one(group: Group, holder: Holder) -> None:
    path = f"{holder.base}/<name>"

    @group.get(path, f"One variable of {holder.what}")
    def get_one(context: RequestContext, id: str, name: str, query: OneVariableQuery) -> Variable:
        return Variable(**to_rest(holder.read_one(context, id, name), query.plain))

    @group.put(path, f"Set one variable of {holder.what}")
    def put_one(context: RequestContext, id: str, name: str, body: SetVariable) -> None:
        holder.write(context, id, {name: from_rest(name, body.typed)})

    @group.delete(path, f"Remove one variable of {holder.what}")
    def delete_one(context: RequestContext, id: str, name: str) -> None:
        holder.write(context, id, {}, (name,))

    del get_one, put_one, delete_one


def _declare_data(group: Group, holder: Holder) -> None:
    path = f"{holder.base}/<name>/data"

    @group.get(path, f"The bytes of a file variable of {holder.what}", media="application/octet-stream")
    def get_data(context: RequestContext, id: str, name: str) -> Raw:
        return to_download(name, holder.read_one(context, id, name))

    @group.post(path, f"Set a file variable of {holder.what}")
    def post_data(context: RequestContext, id: str, name: str, form: UploadedVariable) -> None:
        holder.write(context, id, {name: _uploaded(context, name, form)})

    del get_data, post_data


def to_download(name: str, value: Value) -> Raw:
    """A File or Bytes variable as a download. Raises BadRequest for another type."""
    if isinstance(value, FileValue):
        charset = f"; charset={value.encoding}" if value.encoding else ""
        content_type = (value.mime_type or _UNKNOWN_TYPE) + charset
        return Raw(
            value.content,
            content_type if is_header_text(content_type) else _UNKNOWN_TYPE,
            headers=describe_attachment(value.name),
        )
    if isinstance(value, bytes):
        return Raw(value, _UNKNOWN_TYPE)
    raise BadRequest(f"Expected variable '{name}' to be of type File or Bytes, but it is {to_rest(value)['type']}")


def _uploaded(context: RequestContext, name: str, form: UploadedVariable) -> Value:
    file = context.request.files.get("data")
    if file is None:
        if form.data is None:
            raise BadRequest("Expected a form part 'data', but found none")
        return from_rest_variables({name: {"value": form.data, "type": form.type or "String"}}, "data")[name]
    if form.valueType != "File":
        return file.read()
    if not file.filename:
        raise BadRequest("Expected a file name for the form part 'data' of type File, but found none")
    mime_type = read_header_text(name, "mimetype", file.mimetype or None)
    encoding = read_header_text(name, "encoding", file.mimetype_params.get("charset"))
    return FileValue(file.filename, file.read(), mime_type, encoding)
