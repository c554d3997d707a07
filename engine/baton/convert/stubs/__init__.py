"""Workers with one function for each topic, to be filled in. They run as they are: each task fails with what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from baton.convert.report import Topic
from baton.convert.stubs import java, javascript, python

Writer = Callable[[Sequence[Topic]], str]

_WRITERS: Mapping[str, tuple[str, Writer]] = {
    "python": ("workers.py", python.write),
    "java": ("Workers.java", java.write),
    "javascript": ("workers.mjs", javascript.write),
}
LANGUAGES = tuple(_WRITERS)


def write_stubs(topics: Sequence[Topic], language: str) -> tuple[str, str]:
    """Name and text of a file with a worker for each topic. Raises KeyError for a language that is not in LANGUAGES."""
    name, write = _WRITERS[language]
    return name, write(topics)
