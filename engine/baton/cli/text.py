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
    """One line per process, decision and other file that a deployment made, or a line that nothing was new."""
    processes: Mapping[str, Fields] = answer.get("deployedProcessDefinitions") or {}
    decisions: Mapping[str, Fields] = answer.get("deployedDecisionDefinitions") or {}
    lines = [_render_version("", item) for item in processes.values()]
    lines += [_render_version("decision ", item) for item in decisions.values()]
    shown = {item.get("resource") for item in (*processes.values(), *decisions.values())}
    lines += [f"Deployed {name}" for name in answer.get("deployedFiles") or () if name not in shown]
    return lines or ["Nothing new: the same files are deployed already"]


def _render_version(kind: str, item: Fields) -> str:
    return f"Deployed {kind}{item['key']} version {item['version']} ({item['id']})"


def render_definitions(found: Sequence[Fields]) -> str:
    if not found:
        return "Nothing is deployed."
    rows = [("KIND", "KEY", "VERSION", "DEPLOYED", "FROM", "ID")]
    rows += [
        (
            item["kind"],
            item["key"],
            str(item["version"]),
            _format_moment(item["deploymentTime"]),
            item["deploymentSource"] or "",
            item["id"],
        )
        for item in found
    ]
    return render_table(rows)


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
    return render_table(rows)


def render_event(event: Fields) -> str:
    """One line: position, moment, what happened and where."""
    place = " ".join(filter(None, (event["element"], f"(token {event['token']})" if event["token"] else "")))
    data = json.dumps(event["data"], ensure_ascii=False) if event["data"] else ""
    short = data if len(data) <= _LONGEST_VALUE else data[:_LONGEST_VALUE] + " …"
    return f"{event['position']:>6}  {_format_moment(event['at'])}  {event['type']:<22}  {place}  {short}".rstrip()


def render_tasks(found: Sequence[Fields]) -> str:
    if not found:
        return "No tasks."
    rows = [("ID", "TASK", "ASSIGNEE", "PRIORITY", "CREATED", "DUE", "INSTANCE")]
    rows += [
        (
            item["id"],
            item["name"] or item["taskDefinitionKey"] or "",
            item["assignee"] or "",
            str(item["priority"]),
            _format_moment(item["created"]),
            _format_moment(item["due"]) if item["due"] else "",
            item["processInstanceId"] or "",
        )
        for item in found
    ]
    return render_table(rows)


def render_incidents(found: Sequence[Fields]) -> str:
    if not found:
        return "No incidents."
    rows = [("ID", "ELEMENT", "TYPE", "SINCE", "PROCESS", "MESSAGE")]
    rows += [
        (
            item["id"],
            item["activityId"],
            item["incidentType"],
            _format_moment(item["incidentTimestamp"]),
            str(item["processDefinitionId"]).partition(":")[0],
            str(item["incidentMessage"]).splitlines()[0] if item["incidentMessage"] else "",
        )
        for item in found
    ]
    return render_table(rows)


def render_asked(instance: str) -> str:
    """What somebody else has to approve before it is done."""
    return f"Waits for a second person: baton approval approve {instance}"


def render_plan(plan: Sequence[Fields]) -> str:
    """What would be undone, in order."""
    if not plan:
        return "Nothing would be undone."
    rows = [
        (f"{step['order']}.", step["element"], f"by {step['handler']}" if step["handler"] else "by what is inside")
        for step in plan
    ]
    return "\n".join(["Would be undone, in this order:", render_table(rows)])


def render_variables(variables: Mapping[str, Fields]) -> list[str]:
    return [f"{name} = {_format_value(typed)}" for name, typed in sorted(variables.items())]


def render_instance_page(header: Fields, snapshot: Fields) -> str:
    """Everything needed to understand one instance: where it is, what happens next, what failed, what can be undone."""
    parts = [_render_heading(header)]
    parts += _render_section("tokens", _render_tokens(snapshot["tokens"]))
    parts += _render_section("waits for", _render_awaited(snapshot["awaited"]))
    parts += _render_section("incidents", [_describe_incident(item) for item in snapshot["incidents"]])
    parts += _render_section("ledger (what is done and can be undone)", _render_ledger(snapshot["ledger"]))
    for scope, variables in snapshot["variables"].items():
        name = "variables" if scope == "0" else f"variables of token {scope}"
        parts += _render_section(name, render_variables(variables))
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

    def count_ancestors(number: int) -> int:
        steps = 0
        while (number := parents.get(number, 0)) in parents:
            steps += 1
        return steps

    rows = [
        (
            "  " * count_ancestors(token["number"]) + token["element"],
            token["kind"],
            token["state"],
            f"since {_format_moment(token['enteredAt'])}" if token.get("enteredAt") else "",
            f"token {token['number']}",
            f"undoes {token['undoes']}" if token.get("undoes") else "",
        )
        for token in sorted(tokens, key=lambda token: token["number"])
    ]
    return render_table(rows).splitlines()


def _render_awaited(waits: Sequence[Fields]) -> list[str]:
    return render_table([(wait["element"], *_describe_wait(wait)) for wait in waits]).splitlines()


def _describe_wait(wait: Fields) -> tuple[str, str]:
    """Who or what must come, and when."""
    due = f"due {_format_moment(wait['due'])}" if wait["due"] else ""
    match wait["kind"]:
        case "work":
            tries = "" if wait["retries"] is None else f"{wait['retries']} retries left"
            marks = (_describe_lock(wait), _describe_progress(wait), due, tries)
            return f"a worker on {wait['name']}", ", ".join(filter(None, marks))
        case "person":
            return f"{wait['name']} to do it" if wait["name"] else "somebody to claim it", due
        case "message" | "signal":
            return f"{wait['kind']} {wait['name']}", ""
        case "conditional":
            return "a condition", ""
        case "trigger":
            return "somebody who tells it to go on", ""
        case "retry":
            return "an operator" if wait["retries"] == 0 else "another try", "" if wait["retries"] == 0 else due
        case kind:
            return kind, due


def _describe_lock(wait: Fields) -> str:
    return (
        f"{wait['workerId']} has it until {_format_moment(wait['lockedUntil'])}"
        if wait["workerId"]
        else "nobody has it"
    )


def _describe_progress(wait: Fields) -> str:
    """How far the worker says it is, such as ``40 % (half of the pages)``."""
    share = "" if wait.get("progress") is None else f"{wait['progress']:.0%}".replace("%", " %")
    text = wait.get("progressText") or ""
    return f"{share} ({text})" if share and text else share or text


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
        for entry in sorted(entries, key=lambda entry: entry["seq"])
    ]
    return render_table(rows).splitlines()


def _describe_incident(incident: Fields) -> str:
    return f"{incident['incidentType']} at {incident['activityId']}: {incident['incidentMessage']} ({incident['id']})"


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
    """Local time with its offset, to the second."""
    return datetime.fromisoformat(text).astimezone().isoformat(sep=" ", timespec="seconds")


def render_table(rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
