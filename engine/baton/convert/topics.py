"""Names of topics that say what is done: ``org.shop.ChargeCardDelegate`` -> ``charge-card``."""

from __future__ import annotations

import re

_ENDINGS = (
    "java-delegate",
    "delegate",
    "task-listener",
    "execution-listener",
    "listener",
    "service-task",
    "bean",
    "impl",
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_EXPRESSION = re.compile(r"[#$]\{\s*(.*?)\s*\}\s*", re.DOTALL)
_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def name_class(class_name: str) -> str:
    """By the class without its package and without what every such class is called."""
    simple = class_name.strip().rpartition(".")[2].rpartition("$")[2]
    return _drop_ending(make_words(simple)) or "work"


def name_expression(text: str, fallback: str) -> str:
    """By the bean and its method: ``${order.check(id)}`` -> ``order.check``; by the element for what is more."""
    found = _EXPRESSION.fullmatch(text.strip())
    path = _PATH.match(found.group(1)) if found is not None else None
    if path is None:
        return make_words(fallback) or "work"
    parts = [make_words(part) for part in path.group().split(".")]
    return _drop_ending(parts[0]) if len(parts) == 1 else ".".join(parts)


def make_words(name: str) -> str:
    """Kebab case."""
    return "-".join(word.lower() for word in _WORD.findall(name))


def _drop_ending(words: str) -> str:
    for ending in _ENDINGS:
        if words.endswith(f"-{ending}"):
            return words.removesuffix(f"-{ending}")
    return words
