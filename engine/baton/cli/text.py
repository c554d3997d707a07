"""Answers of the API as text for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

Fields = Mapping[str, Any]

_SIGNS = {"undoable": " ", "undoing": "<", "undone": "x", "failed": "!", "skipped": "-", "discarded": ".", "kept": "="}
_LONGEST_VALUE = 100


def render_versions(answer: Fields) -> list[str]:
    """One line per process that a deployment made, or a line that nothing was new."""
    made: Mapping[str, Fields] = answer.get("deployedProcessDefinitions") or {}
    lines = [f"Deployed {item['key']} version {item['version']} ({item['id']})" for item in made.values()]
    return lines or ["Nothing new: the same files are deployed already"]


def render_instance_table(found: Sequence[Fields]) -> str:
    if not found:
        return "No instances."
    rows = [("ID", "PROCESS", "BUSINESS KEY", "STATE", "STARTED", "WHERE")]
    rows += [
        (
            item["id"],
            item["definitionKey"],
            item["businessKey"] or "",
            _describe_state(item),
            _format_moment(item["startedAt"]),
            _describe_place(item["tokens"]) or item["endElement"] or "",
        )
        for item in found
    ]
    return _render_table(rows)


def render_instance_page(header: Fields, snapshot: Fields) -> str:
    """Everything needed to understand one instance: where it is, what happens next, what failed, what can be undone."""
    parts = [_render_heading(header)]
    parts += _render_section("tokens", _render_tokens(snapshot["tokens"]))
    parts += _render_section("waits for", _render_awaited(snapshot["awaited"]))
    parts += _render_section("incidents", [_describe_incident(item) for item in snapshot["incidents"]])
    parts += _render_section("ledger (what is done and can be undone)", _render_ledger(snapshot["ledger"]))
    for scope, variables in snapshot["variables"].items():
        name = "variables" if scope == "0" else f"variables of token {scope}"
        parts += _render_section(name, [f"{key} = {_format_value(one)}" for key, one in sorted(variables.items())])
    return "\n".join(parts)


def _render_heading(header: Fields) -> str:
    lines = [
        f"{header['definitionKey']}  {header['businessKey'] or '(no business key)'}  {_describe_state(header)}",
        f"  id       {header['id']}",
        f"  version  {header['definitionId']}",
        f"  started  {_format_moment(header['startedAt'])}",
    ]
    if header["endedAt"]:
        lines.append(f"  ended    {_format_moment(header['endedAt'])} at {header['endElement'] or '-'}")
    if header["reason"]:
        lines.append(f"  reason   {header['reason']}")
    return "\n".join(lines)


def _render_section(name: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return ["", name, *(f"  {line}" for line in found)] if found else []


def _render_tokens(tokens: Sequence[Fields]) -> list[str]:
    """Indented by nesting."""
    parents = {token["number"]: token["parent"] for token in tokens}

    def depth(number: int) -> int:
        steps = 0
        while (number := parents.get(number, 0)) in parents:
            steps += 1
        return steps

    rows = [
        (
            "  " * depth(token["number"]) + token["element"],
            token["kind"],
            token["state"],
            f"since {_format_moment(token['enteredAt'])}" if token.get("enteredAt") else "",
            f"token {token['number']}",
            f"undoes {token['undoes']}" if token.get("undoes") else "",
        )
        for token in sorted(tokens, key=lambda one: one["number"])
    ]
    return _render_table(rows).splitlines()


def _render_awaited(waits: Sequence[Fields]) -> list[str]:
    return _render_table([(wait["element"], *_describe_wait(wait)) for wait in waits]).splitlines()


def _describe_wait(one: Fields) -> tuple[str, str]:
    """Who or what must come, and when."""
    due = f"due {_format_moment(one['due'])}" if one["due"] else ""
    match one["kind"]:
        case "work":
            tries = "" if one["retries"] is None else f"{one['retries']} retries left"
            return f"a worker on {one['name']}", ", ".join(filter(None, (_describe_lock(one), due, tries)))
        case "person":
            return f"{one['name']} to do it" if one["name"] else "somebody to claim it", due
        case "message" | "signal":
            return f"{one['kind']} {one['name']}", ""
        case "conditional":
            return "a condition", ""
        case "retry":
            return "an operator" if one["retries"] == 0 else "another try", "" if one["retries"] == 0 else due
        case kind:
            return kind, due


def _describe_lock(one: Fields) -> str:
    return (
        f"{one['workerId']} has it until {_format_moment(one['lockedUntil'])}" if one["workerId"] else "nobody has it"
    )


def _render_ledger(entries: Sequence[Fields]) -> list[str]:
    rows = [
        (
            f"[{_SIGNS.get(entry['state'], '?')}]",
            f"{entry['seq']}",
            entry["element"],
            entry["state"],
            f"by {entry['handler']}" if entry["handler"] else "by what is inside",
            _format_moment(entry["undoneAt"]) if entry["undoneAt"] else "",
        )
        for entry in sorted(entries, key=lambda one: one["seq"])
    ]
    return _render_table(rows).splitlines()


def _describe_incident(one: Fields) -> str:
    return f"{one['incidentType']} at {one['activityId']}: {one['incidentMessage']} ({one['id']})"


def _describe_state(header: Fields) -> str:
    marks = [header["state"]]
    if header["undoing"]:
        marks.append("undoing")
    if header["incidents"]:
        marks.append(f"{header['incidents']} incident{'s' if header['incidents'] > 1 else ''}")
    return ", ".join(marks)


def _describe_place(tokens: Mapping[str, int]) -> str:
    return ", ".join(f"{element} x{count}" if count > 1 else element for element, count in tokens.items())


def _format_value(typed: Fields) -> str:
    value = typed["value"]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + " …"


def _format_moment(text: str) -> str:
    """Local time, to the second."""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _render_table(rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
