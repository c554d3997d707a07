"""Names of functions for topics."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence

from baton.convert.report import Topic

_RESERVED = frozenset(
    {"abstract", "case", "catch", "char", "const", "default", "delete", "do", "double", "enum", "export", "extends"}
    | {"final", "float", "function", "instanceof", "int", "interface", "let", "long", "main", "native", "new", "null"}
    | {
        "package",
        "private",
        "protected",
        "public",
        "short",
        "static",
        "super",
        "switch",
        "synchronized",
        "this",
        "throw",
    }
    | {"throws", "transient", "true", "false", "typeof", "var", "void", "volatile", "worker", "task", "env", "client"}
)


def name_functions(topics: Sequence[Topic], *, camel: bool) -> dict[str, Topic]:
    """A different name for each: ``charge_card``, or ``chargeCard``."""
    found: dict[str, Topic] = {}
    for topic in topics:
        base = _make_name(topic.name, camel=camel)
        names = (base, *(f"{base}{number}" for number in range(2, len(topics) + 2)))
        found[next(name for name in names if name not in found)] = topic
    return found


def _make_name(topic: str, *, camel: bool) -> str:
    words = [word for word in re.split(r"[^A-Za-z0-9]+", topic) if word] or ["work"]
    name = words[0][0].lower() + words[0][1:] if camel else words[0].lower()
    rest = words[1:]
    name += "".join(word[0].upper() + word[1:] for word in rest) if camel else "".join(f"_{w.lower()}" for w in rest)
    name = name if name[0].isalpha() else f"topic_{name}"
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) or name in _RESERVED else name


def describe(topic: Topic) -> list[str]:
    """Lines for a comment: where the work is done, what did it, what comes in and goes out."""
    lines = [f"At {', '.join(topic.elements)}." if topic.elements and topic.elements[0] else "In the model."]
    lines += [f"It was {name}: {' '.join(value.split())}" for name, value in topic.origin.items() if name != "script"]
    if topic.inputs:
        lines.append(f"Inputs: {', '.join(topic.inputs)}")
    if topic.result:
        lines.append(f"Result: complete with the variable '{topic.result}'")
    if topic.script:
        lines += ["It was this script:", *(f"    {line}" for line in topic.script.strip().splitlines())]
    return lines


def explain(topic: Topic) -> str:
    """Why a task of a stub fails."""
    return f"topic '{topic.name}': nobody has written this worker yet"
