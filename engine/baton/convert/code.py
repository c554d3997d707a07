"""Code that only a Java engine runs: what it is, and how its work is named."""

from __future__ import annotations

import re
from dataclasses import dataclass

from baton.convert.topics import make_words, name_class, name_expression
from baton.convert.tree import Node, Tree, find_child, get, is_camunda, read_text
from baton.expression import ExpressionError, compile_expression
from baton.expression.scripts import is_supported_language

_GETTERS = ("get", "is")
_KNOWN = ("execution", "task")
_PLUGIN = re.compile(r"\b(?:S|XML|JSON|spin:\w+)(?=\()")
"""Functions that Camunda's plug-ins add to expressions."""
_FILE = re.compile(r"^(?:deployment|classpath)://")


@dataclass(frozen=True, slots=True)
class Code:
    """``origin`` is what the file had, by the name of the attribute or element; ``words`` describe it in messages."""

    topic: str
    words: str
    origin: tuple[tuple[str, str], ...]


def find_java(holder: Node, fallback: str) -> Code | None:
    """The Java class, bean or bean method that an element or a listener calls; None for what Baton runs itself."""
    for name in ("class", "delegateExpression", "expression"):
        found = _get_either(holder, name)
        if found is None or (name == "expression" and not calls_beans(found)):
            continue
        topic = name_class(found) if name == "class" else name_expression(found, fallback)
        origin = [(f"camunda:{name}", found)]
        result = get(holder, "resultVariable")
        return Code(topic, f"camunda:{name} '{found}'", (*origin, *([("resultVariable", result)] if result else [])))
    return None


def _get_either(holder: Node, name: str) -> str | None:
    """Listeners have it as a plain attribute, tasks with a prefix."""
    plain = (holder.get(name) or "").strip() if is_camunda(holder, "executionListener", "taskListener") else ""
    return plain or get(holder, name)


def calls_beans(text: str) -> bool:
    """Whether an expression calls a method that no value has: that of a Java bean."""
    return bool(list_beans(text))


def list_beans(text: str) -> list[str]:
    """``bean.method`` of each call, and functions such as ``XML``; getters may read an entry of an object."""
    if not any(sign in text for sign in ("${", "#{")):
        return []
    try:
        found = compile_expression(text, "juel").find_foreign_calls()
    except ExpressionError:
        return _PLUGIN.findall(text)
    return [
        f"{call.variable or '…'}.{call.method}"
        for call in found
        if call.variable not in _KNOWN and (call.has_arguments or not _is_getter(call.method))
    ]


def _is_getter(method: str) -> bool:
    return any(method.startswith(prefix) and method != prefix for prefix in _GETTERS)


@dataclass(frozen=True, slots=True)
class Script:
    """A script of the file. ``text`` is None if it lies in another file, which was not given."""

    language: str
    text: str | None
    resource: str | None

    @property
    def runs(self) -> bool:
        """Whether Baton runs it where it stands."""
        inside = self.resource is None or self.resource.startswith("deployment://")
        return is_supported_language(self.language) and inside

    def make_code(self, topic: str) -> Code:
        words = f"a script in {self.language or 'an unknown language'}"
        words += f" ('{self.resource}')" if self.resource else ""
        origin = [("scriptFormat", self.language), ("scriptResource", self.resource), ("script", self.text)]
        return Code(make_words(topic) or "script", words, tuple((name, text) for name, text in origin if text))


def read_script(tree: Tree, holder: Node) -> Script:
    """Of a script task, or of a ``camunda:script``."""
    inside = is_camunda(holder, "script")
    resource = holder.get("resource") if inside else get(holder, "resource")
    language = holder.get("scriptFormat") or ""
    child = holder if inside else find_child(holder, "script")
    text = _read_file(tree, resource) if resource else read_text(child) if child is not None else ""
    return Script(language, text, resource or None)


def _read_file(tree: Tree, resource: str) -> str | None:
    """The file beside the model, by its whole name or by the last part of it."""
    name = _FILE.sub("", resource)
    content = tree.beside.get(name) or tree.beside.get(name.rpartition("/")[2])
    try:
        return content.decode("utf-8-sig") if content is not None else None
    except UnicodeDecodeError:
        return None
