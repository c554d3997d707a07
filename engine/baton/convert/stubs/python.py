"""A worker with Baton's SDK: run it with ``baton worker workers.py``."""

from __future__ import annotations

import json
from collections.abc import Sequence

from baton.convert.report import Topic
from baton.convert.stubs.names import describe, explain, name_functions

_HEAD = '''"""Workers, one function for each topic: fill them in, and run them with ``baton worker workers.py``."""

from baton.worker import Failure, Task, worker
'''


def write(topics: Sequence[Topic]) -> str:
    functions = name_functions(topics, camel=False)
    return _HEAD + "".join(_write_function(name, topic) for name, topic in functions.items())


def _write_function(name: str, topic: Topic) -> str:
    comment = "\n".join(f"    # {line}".rstrip() for line in describe(topic))
    read = "\n".join(f"    # {_quote(each)}: task.variables.get({_quote(each)})" for each in topic.inputs)
    ending = f"    # return {{{_quote(topic.result)}: ...}}\n" if topic.result else ""
    return (
        f"\n\n@worker({_quote(topic.name)})\ndef {name}(task: Task) -> dict[str, object]:\n{comment}\n"
        + (f"{read}\n" if read else "")
        + ending
        + f"    raise Failure({_quote(explain(topic))}, retries=0)\n"
    )


def _quote(text: str) -> str:
    return json.dumps(text)
