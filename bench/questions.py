"""Every list, count and report of the REST API with each of its filters and orders: from its OpenAPI description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any
from urllib.parse import urlencode

BASE = "/engine-rest"
LEFT_OUT = re.compile(r"/stream|/sign-in|/export$|/openid|/history/batch|/telemetry|/data$|/xml$|/diagram$|-form$")
"""What never ends, what takes files, and what no instance is read for."""
PAGING = frozenset({"firstResult", "maxResults", "sortBy", "sortOrder", "deserializeValues", "deserializeValue"})
WITH_A_BODY: Mapping[str, Mapping[str, str]] = {
    "/history/process-instance/report": {"reportType": "duration", "periodUnit": "month"},
    "/history/task/report": {"reportType": "count", "groupBy": "taskName"},
}
"""What some paths cannot be asked without."""
PAGES = 50
Question = tuple[str, str]
"""The path that it is about, and the address with its query."""


def list_questions(description: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[Question]:
    """``known``: a value that instances have, by the name of the parameter that takes it."""
    for path, verbs in sorted(description["paths"].items()):
        if "get" not in verbs or LEFT_OUT.search(path):
            continue
        filled = _fill(path.removeprefix(BASE), known)
        if filled is not None:
            yield from _ask(filled, verbs["get"].get("parameters", ()), known)


def _fill(path: str, known: Mapping[str, str]) -> str | None:
    """With a definition or an instance in it; None where it is about something else."""
    owner = path.split("/{", maxsplit=1)[0]
    names = {"/process-definition": "processDefinitionId", "/process-instance": "processInstanceId"}
    name = names.get(owner.removeprefix("/history"))
    filled = path.replace("{id}", known[name]) if name else path
    return None if "{" in filled else filled


def _ask(path: str, parameters: Any, known: Mapping[str, str]) -> Iterator[Question]:
    found = {item["name"]: item["schema"] for item in parameters if item["in"] == "query"}
    needed = dict(WITH_A_BODY.get(path, {}))
    page = {"maxResults": str(PAGES)} if "maxResults" in found and not path.endswith("/count") else {}
    yield path, _join(path, {**needed, **page})
    if page:
        yield path, _join(path, {**page, "firstResult": "1000"})
    for name, schema in found.items():
        if name == "sortBy" and page:
            for by, way in product(_plain(schema)["enum"], ("asc", "desc")):
                yield path, _join(path, {**page, "sortBy": by, "sortOrder": way})
        elif name not in PAGING and name not in needed:
            yield path, _join(path, {**needed, **page, name: _choose(name, schema, known)})


def _choose(name: str, schema: Mapping[str, Any], known: Mapping[str, str]) -> str:
    """What the instances have, or something else of the right form."""
    if name in known:
        return known[name]
    first = _plain(schema)
    if first.get("enum"):
        return str(first["enum"][0])
    if first.get("format") == "date-time":
        return known["moment"]
    if first.get("type") in ("integer", "number"):
        return "1"
    return "true" if first.get("type") == "boolean" else "x"


def _plain(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of several forms the first; a form of one value as an enumeration."""
    first = next((option for option in schema.get("anyOf", ()) if option.get("type") != "null"), schema)
    return {**first, "enum": [first["const"]]} if "const" in first else first


def _join(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
