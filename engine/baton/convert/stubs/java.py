"""A worker with Camunda's external task client for Java, which works with Baton as it is."""

from __future__ import annotations

import json
from collections.abc import Sequence

from baton.convert.report import Topic
from baton.convert.stubs.names import describe, explain, name_functions

_HEAD = """// Workers, one function for each topic: fill them in.
// Needs org.camunda.bpm:camunda-external-task-client (7.24.0) on the class path; BATON_URL says where Baton is.
import java.util.Map;
import org.camunda.bpm.client.ExternalTaskClient;
import org.camunda.bpm.client.task.ExternalTask;
import org.camunda.bpm.client.task.ExternalTaskService;

public class Workers {
  public static void main(String[] arguments) {
    String url = System.getenv().getOrDefault("BATON_URL", "http://localhost:8080");
    ExternalTaskClient client = ExternalTaskClient.create().baseUrl(url + "/engine-rest").workerId("workers").build();
"""


def write(topics: Sequence[Topic]) -> str:
    functions = name_functions(topics, camel=True)
    subscribed = "".join(
        f"    client.subscribe({_quote(each.name)}).handler(Workers::{name}).open();\n"
        for name, each in functions.items()
    )
    return _HEAD + subscribed + "  }\n" + "".join(_write_function(name, t) for name, t in functions.items()) + "}\n"


def _write_function(name: str, topic: Topic) -> str:
    comment = "\n".join(f"    // {_escape(line)}".rstrip() for line in describe(topic))
    read = "\n".join(f"    // {each}: task.getVariable({_quote(each)})" for each in topic.inputs)
    done = (
        f"service.complete(task, Map.of({_quote(topic.result)}, value))" if topic.result else "service.complete(task)"
    )
    return (
        f"\n  static void {name}(ExternalTask task, ExternalTaskService service) {{\n{comment}\n"
        + (f"{_escape(read)}\n" if read else "")
        + f"    // {_escape(done)};\n"
        + f"    service.handleFailure(task, {_quote(explain(topic))}, null, 0, 0);\n  }}\n"
    )


def _escape(text: str) -> str:
    """Java reads Unicode escapes even in comments."""
    return text.replace("\\u", "\\ u")


def _quote(text: str) -> str:
    return json.dumps(text)
