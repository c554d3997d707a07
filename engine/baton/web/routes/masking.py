"""Hides the values of sensitive variables from callers who may not see them: in every answer, whatever its route.

It works on what is sent, so that a new route is masked without anybody thinking of it. Texts that may hold any value,
such as the message of an incident, are hidden as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, cast

from flask import Request, Response

from baton.model.errors import DeploymentRefused, Forbidden
from baton.service import SENSITIVE, Caller, Engine, SensitiveNames
from baton.web import jsons
from baton.web.context import CALLER
from baton.web.streamed import Stream

HIDDEN = "***"
TEXTS = frozenset(
    {
        "message",
        "errorMessage",
        "errorDetails",
        "exceptionMessage",
        "incidentMessage",
        "jobExceptionMessage",
        "details",
        "reason",
        "deleteReason",
        "annotation",
    }
)
"""Fields that may hold the value of any variable."""
HIDDEN_ERROR = f"{HIDDEN} (the message may hold the value of a sensitive variable; to see it needs '{SENSITIVE}')"
_QUOTING = frozenset({400, 422, 500})
"""Errors with these statuses may quote values of an instance; those of a diagram that is refused do not."""
_NAMES = ("name", "variableName", "fieldId")
_VALUES = ("value", "fieldValue")
_COMPARED = ("variables", "variablevalues")
"""What the names of filters by variables end with."""
_VALUE = "variableValue"
"""A filter by the value of the variable that ``variableName`` names."""
_AGGREGATED = "collectResultValue"
"""Of a decision, computed from any variables."""
_WORK = "external-task:work"
"""Who does the work that a variable is for must see it."""
_FRAME = b"data: "
_REMEMBERED = 256 * 1024
"""Bytes of a frame that is remembered for others."""


class Mask:
    """What one caller may not see."""

    def __init__(self, names: SensitiveNames) -> None:
        self._names = names

    def hide(self, value: Any) -> Any:
        """The same plain data, without the values of sensitive variables."""
        if isinstance(value, dict):
            return self._hide_fields(cast("dict[str, Any]", value))
        if isinstance(value, list):
            return [self.hide(item) for item in cast("list[Any]", value)]
        return value

    def _hide_fields(self, fields: dict[str, Any]) -> dict[str, Any]:
        if "clauseId" in fields:  # of a decision: computed from any variables
            return {key: HIDDEN if key == "value" and value is not None else value for key, value in fields.items()}
        is_variable = any(isinstance(name := fields.get(key), str) and self._names.contains(name) for key in _NAMES)
        return {key: self._hide_field(key, value, is_variable) for key, value in fields.items()}

    def _hide_field(self, key: str, value: Any, is_variable: bool) -> Any:
        if value is None:
            return None
        if key == _AGGREGATED or (is_variable and key in _VALUES):
            return HIDDEN
        if self._names.contains(key):
            return self._hide_value(value)
        if key in TEXTS and isinstance(value, str):
            return HIDDEN
        return self.hide(value)

    def _hide_value(self, value: Any) -> Any:
        if isinstance(value, dict) and "value" in value and "type" in value:
            return {**cast("dict[str, Any]", value), "value": HIDDEN}
        return HIDDEN

    def hide_response(self, current: Request, response: Response) -> Response:
        """JSON and streams are masked, plain text is hidden; what else is sent holds no variables, or is refused."""
        media_type = response.mimetype or ""
        if isinstance(response.response, Stream):
            response.response.outlet.hide = self.hide_frame
        elif media_type == "text/event-stream":
            response.response = _Frames(cast("Iterable[bytes]", response.response), self.hide_frame)
        elif media_type.endswith("json") and response.status_code >= 400:
            self.hide_error(response)
        elif media_type.endswith("json"):
            shown = self.hide(jsons.load(response.get_data()))
            if self._is_asked_for(current) and isinstance(shown, dict) and "value" in shown:
                shown["value"] = HIDDEN
            response.set_data(jsons.dump(cast("object", shown)))
        elif media_type == "text/plain":
            response.set_data(HIDDEN.encode())
        return response

    def hide_error(self, response: Response) -> Response:
        """The error of a handler without its message, where that may quote a value."""
        if response.status_code in _QUOTING:
            told: dict[str, Any] = jsons.load(response.get_data())
            if told.get("type") != DeploymentRefused.kind:
                response.set_data(jsons.dump({**told, "message": HIDDEN_ERROR}))
        return response

    def hide_frame(self, frame: bytes) -> bytes:
        """One event of a stream. What goes to many who may not see the same is masked once."""
        return _hide_frame_once(self._names, frame) if len(frame) <= _REMEMBERED else _hide_frame(self, frame)

    def _is_asked_for(self, current: Request) -> bool:
        """Whether a sensitive variable is named in the path, also as the last part of an id."""
        parts = current.view_args or {}
        name, id_ = parts.get("name"), parts.get("id")
        ending = id_.partition(":")[2] if isinstance(id_, str) else ""
        return any(isinstance(each, str) and self._names.contains(each) for each in (name, ending))

    def check_request(self, current: Request, reads_json: bool) -> None:
        """Raises Forbidden for a request about a sensitive variable: its answer would tell the value.

        ``reads_json``: the route takes its body for JSON, whatever the headers say. Raises BadRequest if it is none.
        """
        if self._is_asked_for(current) and current.path.endswith("/data"):
            raise Forbidden(f"Expected a caller who may '{SENSITIVE}', since this variable is sensitive")
        for variable in [*_list_compared_in_query(current), *_list_compared(current, reads_json)]:
            if self._names.contains(variable):
                raise Forbidden(f"Expected a caller who may '{SENSITIVE}', since variable '{variable}' is sensitive")


def _hide_frame(mask: Mask, frame: bytes) -> bytes:
    lines = [
        _FRAME + jsons.dump(mask.hide(jsons.load(line.removeprefix(_FRAME)))) if line.startswith(_FRAME) else line
        for line in frame.split(b"\n")
    ]
    return b"\n".join(lines)


@lru_cache(maxsize=16)
def _hide_frame_once(names: SensitiveNames, frame: bytes) -> bytes:
    return _hide_frame(Mask(names), frame)


class _Frames:
    """A stream that is masked frame by frame, and closed as before."""

    def __init__(self, frames: Iterable[bytes], hide: Callable[[bytes], bytes]) -> None:
        self._frames, self._hide = frames, hide

    def __iter__(self) -> Iterator[bytes]:
        return map(self._hide, self._frames)

    def close(self) -> None:
        close = getattr(self._frames, "close", None)
        if close is not None:
            close()


def find_mask(engine: Engine, current: Request, needs: str) -> Mask | None:
    """None for a caller who may see everything, and where no variable is sensitive."""
    caller: Caller | None = current.environ.get(CALLER)
    if caller is None or needs == _WORK or caller.allows(SENSITIVE):
        return None
    names = engine.sensitive.read()
    return Mask(names) if names else None


def _list_compared_in_query(current: Request) -> Iterator[str]:
    """The names of the variables that a query string filters by."""
    for key, texts in current.args.lists():
        if key.lower().endswith(_COMPARED):
            yield from (part.split("_", 1)[0] for text in texts for part in text.split(","))
    if _VALUE in current.args:
        yield from current.args.getlist("variableName")


def _list_compared(current: Request, reads_json: bool) -> Iterator[str]:
    """The names of the variables that a body filters or sorts by. It may come in chunks, without a length."""
    if not reads_json and not current.mimetype.endswith("json"):
        return
    data = current.get_data(cache=True)
    pending: list[Any] = [jsons.load(data)] if data else []
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending += cast("list[Any]", item)
        elif isinstance(item, dict):
            fields = cast("dict[str, Any]", item)
            if "operator" in fields and isinstance(fields.get("name"), str):
                yield fields["name"]
            if isinstance(fields.get("variable"), str):
                yield fields["variable"]
            if fields.get(_VALUE) is not None and isinstance(fields.get("variableName"), str):
                yield fields["variableName"]
            pending += fields.values()
