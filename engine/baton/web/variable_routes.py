"""The variables of an instance, an execution or a task: the same routes for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from baton.model.commands import SetVariables
from baton.model.errors import BadRequest, NotFound
from baton.model.values import FileValue, Value
from baton.web.call import Call, Raw
from baton.web.fields import Field, Shape, booleans
from baton.web.routing import Group
from baton.web.scopes import Scope
from baton.web.shapes.common import VARIABLE, VARIABLES
from baton.web.variables import all_from_rest, all_to_rest, from_rest, to_rest

MODIFY = Shape("ModifyVariables", (Field("modifications", "variables"), Field("deletions", "strings")))
SET = Shape(
    "SetVariable", (Field("value", "any"), Field("type"), Field("valueInfo", "object"), Field("local", "boolean"))
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the variables: ``find`` gives the scope of an id; ``visible`` includes those of outer scopes."""

    base: str
    what: str
    find: Callable[[Call, str], Scope]
    visible: bool = False


def declare(group: Group, holder: Holder) -> None:
    _declare_all(group, holder)
    _declare_one(group, holder)
    _declare_data(group, holder)


def _read(call: Call, holder: Holder, id: str) -> dict[str, Value]:
    scope = holder.find(call, id)
    if holder.visible:
        return dict(call.engine.instance_reader.get_visible_variables(scope.instance_id, scope.token))
    return dict(call.engine.instance_reader.get_variables(scope.instance_id, scope.token))


def _read_one(call: Call, holder: Holder, id: str, name: str) -> Value:
    values = _read(call, holder, id)
    if name not in values:
        raise NotFound(f"Expected a variable '{name}' of {holder.what} '{id}', but it has none")
    return values[name]


def _write(call: Call, holder: Holder, id: str, values: dict[str, Value], removed: tuple[str, ...] = ()) -> None:
    scope = holder.find(call, id)
    command = SetVariables(set=values, removed=removed, token=scope.token or None, local=not holder.visible)
    call.engine.mailbox.submit(scope.instance_id, command, command_id=call.command_id)


def _declare_all(group: Group, holder: Holder) -> None:
    @group.get(
        holder.base,
        f"The variables of {holder.what}",
        query=booleans("deserializeValues"),
        answer=VARIABLES,
    )
    def get_all(call: Call, id: str) -> dict[str, Any]:
        return all_to_rest(_read(call, holder, id), call.query.get("deserializeValues", True))

    @group.post(holder.base, f"Set and remove variables of {holder.what}", body=MODIFY)
    def modify(call: Call, id: str) -> None:
        values = call.body.get("modifications", {})
        _write(call, holder, id, values, tuple(call.body.get("deletions", ())))

    del get_all, modify


def _declare_one(group: Group, holder: Holder) -> None:
    path = f"{holder.base}/<name>"

    @group.get(
        path,
        f"One variable of {holder.what}",
        query=booleans("deserializeValue", "deserializeValues"),
        answer=VARIABLE,
    )
    def get_one(call: Call, id: str, name: str) -> dict[str, Any]:
        plain = call.query.get("deserializeValue", call.query.get("deserializeValues", True))
        return to_rest(_read_one(call, holder, id, name), plain)

    @group.put(path, f"Set one variable of {holder.what}", body=SET)
    def put_one(call: Call, id: str, name: str) -> None:
        typed = {key: value for key, value in call.body.items() if key != "local"}
        _write(call, holder, id, {name: from_rest(name, typed)})

    @group.delete(path, f"Remove one variable of {holder.what}")
    def delete_one(call: Call, id: str, name: str) -> None:
        _write(call, holder, id, {}, (name,))

    del get_one, put_one, delete_one


def _declare_data(group: Group, holder: Holder) -> None:
    path = f"{holder.base}/<name>/data"

    @group.get(path, f"The bytes of a file variable of {holder.what}", answer="application/octet-stream")
    def get_data(call: Call, id: str, name: str) -> Raw:
        return content_of(name, _read_one(call, holder, id, name))

    @group.post(path, f"Set a file variable of {holder.what}", raw_body="multipart/form-data")
    def post_data(call: Call, id: str, name: str) -> None:
        _write(call, holder, id, {name: _uploaded(call, name)})

    del get_data, post_data


def content_of(name: str, value: Value) -> Raw:
    """A File or Bytes variable as a download. Raises BadRequest for another type."""
    if isinstance(value, FileValue):
        charset = f"; charset={value.encoding}" if value.encoding else ""
        quoted = value.name.replace('"', "'").replace("\n", " ").replace("\r", " ")
        return Raw(
            value.content,
            (value.mime_type or "application/octet-stream") + charset,
            headers={"Content-Disposition": f'attachment; filename="{quoted}"'},
        )
    if isinstance(value, bytes):
        return Raw(value, "application/octet-stream")
    raise BadRequest(f"Expected variable '{name}' to be of type File or Bytes, but it is {to_rest(value)['type']}")


def _uploaded(call: Call, name: str) -> Value:
    file = call.request.files.get("data")
    declared = call.request.form.get("valueType", "Bytes")
    if file is None:
        text = call.request.form.get("data")
        if text is None:
            raise BadRequest("Expected a form part 'data', but found none")
        return all_from_rest({name: {"value": text, "type": call.request.form.get("type", "String")}}, "data")[name]
    if declared == "File":
        if not file.filename:
            raise BadRequest("Expected a file name for the form part 'data' of type File, but found none")
        encoding = file.mimetype_params.get("charset")
        return FileValue(file.filename, file.read(), file.mimetype or None, encoding)
    return file.read()
