"""A worker with ``camunda-external-task-client-js``: run it with ``node workers.mjs``."""

from __future__ import annotations

import json
from collections.abc import Sequence

from baton.convert.report import Topic
from baton.convert.stubs.names import describe, explain, name_functions

_HEAD = """// Workers, one function for each topic: fill them in.
//   npm install camunda-external-task-client-js
//   BATON_URL=http://localhost:8080 node workers.mjs
import { Client, Variables } from "camunda-external-task-client-js";

const baton = process.env.BATON_URL ?? "http://localhost:8080";
const client = new Client({ baseUrl: `${baton}/engine-rest`, workerId: "workers" });
"""


def write(topics: Sequence[Topic]) -> str:
    functions = name_functions(topics, camel=True)
    subscribed = "".join(f"client.subscribe({json.dumps(each.name)}, {name});\n" for name, each in functions.items())
    return _HEAD + "".join(_write_function(name, topic) for name, topic in functions.items()) + "\n" + subscribed


def _write_function(name: str, topic: Topic) -> str:
    comment = "\n".join(f"  // {line}".rstrip() for line in describe(topic))
    read = "\n".join(f"  // {each}: task.variables.get({json.dumps(each)})" for each in topic.inputs)
    done = f"new Variables().set({json.dumps(topic.result)}, ...)" if topic.result else "new Variables()"
    message = json.dumps(explain(topic))
    return (
        f"\nasync function {name}({{ task, taskService }}) {{\n{comment}\n"
        + (f"{read}\n" if read else "")
        + f"  // await taskService.complete(task, {done});\n"
        + f"  await taskService.handleFailure(task, {{ errorMessage: {message}, retries: 0 }});\n}}\n"
    )
