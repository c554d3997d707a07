"""Variables between the API's ``{"value", "type", "valueInfo"}`` and plain values.

What is kept is the value; the type is told from it (Integer, Long or Json by size, Json for lists and objects) unless
another was declared: ``Long``, ``Short`` and ``Object`` (serialised as JSON) come back as they were given.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from baton.model.declared import Declaration, declare, get_declaration, remove_declaration
from baton.model.errors import BadRequest
from baton.model.values import FileValue, Value
from baton.web import jsons
from baton.web.downloads import is_header_text
from baton.web.times import parse_datetime, to_text

OBJECT, JSON = "Object", "application/json"
LONGEST_TYPE = 1_000
"""Characters of the name of a class."""
_LONG = 1 << 63
_INT = {"short": 1 << 15, "integer": 1 << 31, "long": _LONG}


def to_rest(value: Value, deserialize: bool = True) -> dict[str, Any]:
    """A value with its type. With ``deserialize`` False lists and objects come as JSON text."""
    kind = type(value)
    if kind is str:
        return {"type": "String", "value": value, "valueInfo": {}}
    if kind is bool:
        return {"type": "Boolean", "value": value, "valueInfo": {}}
    if kind is int:
        return _show_whole(cast("int", value), deserialize)
    if kind is float:
        return {"type": "Double", "value": value, "valueInfo": {}}
    if value is None:
        return {"type": "Null", "value": None, "valueInfo": {}}
    return _structured(value, deserialize)


def _show_whole(value: int, deserialize: bool) -> dict[str, Any]:
    """Beyond 64 bits (earlier versions stored such numbers) it is Json: other languages cannot read it as a Long."""
    if not -_LONG <= value < _LONG:
        return {"type": "Json", "value": value if deserialize else str(value), "valueInfo": {}}
    return {
        "type": "Integer" if -_INT["integer"] <= value < _INT["integer"] else "Long",
        "value": value,
        "valueInfo": {},
    }


def _structured(value: Value, deserialize: bool) -> dict[str, Any]:
    declaration = get_declaration(value)
    if declaration is not None:
        return _show_declared(declaration, remove_declaration(value), deserialize)
    if isinstance(value, datetime):
        return {"type": "Date", "value": to_text(value), "valueInfo": {}}
    if isinstance(value, FileValue):
        info = {"filename": value.name, "mimeType": value.mime_type, "encoding": value.encoding}
        return {"type": "File", "value": None, "valueInfo": {k: v for k, v in info.items() if v is not None}}
    if isinstance(value, bytes):
        return {"type": "Bytes", "value": base64.b64encode(value).decode(), "valueInfo": {}}
    shown: Any = value if deserialize else jsons.dump(value).decode()
    return {"type": "Json", "value": shown, "valueInfo": {}}


def _show_declared(declaration: Declaration, value: Value, deserialize: bool) -> dict[str, Any]:
    if declaration.type != OBJECT:
        return {"type": declaration.type, "value": value, "valueInfo": {}}
    info = {"objectTypeName": declaration.object_type, "serializationDataFormat": declaration.format or JSON}
    shown: Any = value if deserialize else jsons.dump(value).decode()
    return {"type": OBJECT, "value": shown, "valueInfo": {k: v for k, v in info.items() if v is not None}}


def to_rest_variables(values: Mapping[str, Value], deserialize: bool = True) -> dict[str, Any]:
    return {name: to_rest(value, deserialize) for name, value in values.items()}


def from_rest_variables(values: object, field: str) -> dict[str, Value]:
    """Read ``{name: {"value", "type", "valueInfo"}}``; null is empty. Raises BadRequest naming the variable."""
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise BadRequest(f"Expected an object of variables for '{field}', but found {jsons.name_type(values)}")
    return {name: from_rest(name, value) for name, value in cast("dict[str, Any]", values).items()}


def from_rest(name: str, typed: Any) -> Value:
    """Read one variable. Raises BadRequest naming it, its type and what was found."""
    if not isinstance(typed, dict):
        raise BadRequest(
            f'Expected {{"value": …, "type": …}} for variable \'{name}\', but found {jsons.name_type(typed)}'
        )
    typed = cast("dict[str, Any]", typed)
    value = typed.get("value")
    declared = typed.get("type")
    if declared is None or declared == "":
        _check_whole(name, value)
        return value
    reader = _READERS.get(declared.lower()) if isinstance(declared, str) else None
    if reader is None:
        raise BadRequest(
            f"Expected one of {', '.join(_TYPES)} as the type of variable '{name}', "
            f"but found {jsons.name_type(declared)}"
        )
    if value is None and reader is not _file:
        return None
    return reader(name, declared, value, typed.get("valueInfo") or {})


def _check_whole(name: str, value: Any) -> None:
    """Raises BadRequest for a whole number beyond 64 bits: no type of the API has room for it."""
    pending = [value]
    while pending:
        item = pending.pop()
        if type(item) is int and not -_LONG <= item < _LONG:
            raise BadRequest(
                f"Expected whole numbers of at most 64 bits in variable '{name}', but found {item}: send it as text"
            )
        if isinstance(item, (list, dict)):
            pending += item.values() if isinstance(item, dict) else item


def _cannot(name: str, declared: str, value: Any) -> BadRequest:
    return BadRequest(f"Cannot convert the value of variable '{name}' to {declared}: found {jsons.name_type(value)}")


def _string(_name: str, _declared: str, value: Any, _info: Mapping[str, Any]) -> Value:
    return value if isinstance(value, str) else jsons.dump(value).decode()


def _boolean(name: str, declared: str, value: Any, _info: Mapping[str, Any]) -> Value:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise _cannot(name, declared, value)


def _integer(name: str, declared: str, value: Any, _info: Mapping[str, Any]) -> Value:
    limit = _INT[declared.lower()]
    number = value
    if isinstance(value, str):
        try:
            number = int(value)
        except ValueError:
            raise _cannot(name, declared, value) from None
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int) or not -limit <= number < limit:
        raise _cannot(name, declared, value)
    return number if _show_whole(number, True)["type"].lower() == declared.lower() else _declare(number, declared)


def _declare(number: int, declared: str) -> Value:
    """A ``Long`` or ``Short`` that looks like an Integer. An Integer is told from its size."""
    return declare(number, Declaration(type=declared.capitalize()))


def _double(name: str, declared: str, value: Any, _info: Mapping[str, Any]) -> Value:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise _cannot(name, declared, value)
    try:
        return float(value)
    except ValueError:
        raise _cannot(name, declared, value) from None


def _date(name: str, declared: str, value: Any, _info: Mapping[str, Any]) -> Value:
    if not isinstance(value, str):
        raise _cannot(name, declared, value)
    return parse_datetime(value, name)


def _json(name: str, _declared: str, value: Any, _info: Mapping[str, Any]) -> Value:
    if isinstance(value, str):
        try:
            value = jsons.load(value.encode())
        except BadRequest as error:
            raise BadRequest(f"Variable '{name}' of type Json: {error.message}") from None
    _check_whole(name, value)
    return value


def _object(name: str, declared: str, value: Any, info: Mapping[str, Any]) -> Value:
    form = info.get("serializationDataFormat")
    form = form or None
    if form not in (None, JSON):
        raise BadRequest(
            f"Expected 'application/json' as serializationDataFormat of variable '{name}', but found '{form}': "
            "Baton holds no objects of other languages; send JSON"
        )
    object_type = info.get("objectTypeName")
    if object_type is not None and not (isinstance(object_type, str) and len(object_type) <= LONGEST_TYPE):
        raise BadRequest(
            f"Expected a text of at most {LONGEST_TYPE} characters as objectTypeName of variable '{name}', "
            f"but found {jsons.name_type(object_type)}"
        )
    return declare(_json(name, declared, value, info), Declaration(type=OBJECT, object_type=object_type, format=form))


def _null(name: str, declared: str, value: Any, _info: Mapping[str, Any]) -> Value:
    raise _cannot(name, declared, value)


def _bytes(name: str, declared: str, value: Any, _info: Mapping[str, Any]) -> Value:
    if not isinstance(value, str):
        raise _cannot(name, declared, value)
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise BadRequest(f"Expected base64 as the value of variable '{name}' of type {declared}") from None


def _file(name: str, declared: str, value: Any, info: Mapping[str, Any]) -> Value:
    filename = info.get("filename")
    if not isinstance(filename, str) or not filename:
        raise BadRequest(f"Expected a 'filename' in the valueInfo of variable '{name}' of type {declared}")
    content = b"" if value is None else cast("bytes", _bytes(name, declared, value, info))
    mime_type = read_header_text(name, "mimetype", info.get("mimetype") or info.get("mimeType"))
    return FileValue(filename, content, mime_type, read_header_text(name, "encoding", info.get("encoding")))


def read_header_text(name: str, field: str, text: Any) -> str | None:
    """What is sent in a header when the file is downloaded. Raises BadRequest when it cannot be."""
    if text is None or (isinstance(text, str) and is_header_text(text)):
        return text
    raise BadRequest(
        f"Expected ASCII text without line breaks as '{field}' in the valueInfo of variable '{name}', "
        f"but found {jsons.name_type(text)}"
    )


_READERS: dict[str, Callable[[str, str, Any, Mapping[str, Any]], Value]] = {
    "string": _string,
    "boolean": _boolean,
    "short": _integer,
    "integer": _integer,
    "long": _integer,
    "double": _double,
    "date": _date,
    "json": _json,
    "object": _object,
    "null": _null,
    "bytes": _bytes,
    "file": _file,
}
_TYPES = tuple(name.capitalize() for name in _READERS)
