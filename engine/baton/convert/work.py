"""Tasks and message events whose work is Java: classes, beans and their methods, mail, shell and connectors."""

from __future__ import annotations

import re

from baton.bpmn.schema.types import is_a
from baton.convert.code import Code, calls_beans, find_java, read_script
from baton.convert.external import WORKERS, Topics, make_external, make_service_task
from baton.convert.report import NoteKind
from baton.convert.topics import make_words, name_class, name_expression
from baton.convert.tree import (
    Node,
    Tree,
    describe,
    find_children,
    find_extension,
    find_extensions,
    get,
    is_bpmn,
    is_camunda,
    list_extensions,
    read_text,
    remove,
    remove_attribute,
    split,
)

_CALL = re.compile(r"[#$]\{\s*[A-Za-z_][\w.]*\((?P<arguments>.*)\)\s*\}", re.DOTALL)
_VARIABLE = re.compile(r"\s*[A-Za-z_]\w*\s*")
HTTP = "http-connector"
"""The connector that Baton has itself, and its topic."""
HELP = {
    "mail": "a worker sends the mail; its inputs are 'to', 'subject', 'text' and the like",
    "shell": "a worker runs the program 'command' with 'arg1' and so on",
}


def convert_work(tree: Tree, topics: Topics) -> None:
    for node in tree.walk():
        if is_bpmn(node, *WORKERS):
            _convert_worker(tree, topics, node)
        elif is_a(split(node)[1], "activity"):
            _convert_misplaced(tree, topics, node)


def _convert_worker(tree: Tree, topics: Topics, node: Node) -> None:
    fallback = node.get("name") or node.getparent().get("name") or node.get("id") or node.getparent().get("id") or ""
    connector = find_extension(node, "connector")
    kind = get(node, "type")
    if kind == "external":
        _drop_ignored(tree, node)
        return
    if connector is not None:
        if _runs_here(tree, node, connector):
            _drop_ignored(tree, node)
            _note_http(tree, node)
        elif _read_connector_id(connector):
            _convert_connector(tree, topics, node, connector)
    elif kind is not None:
        _convert_typed(tree, topics, node, kind)
    elif (code := find_java(node, fallback)) is not None:
        topic = make_external(tree, topics, node, code)
        _keep_arguments(tree, node, code)
        _ask_for_result(tree, node, code, topic)
    elif _names_nothing(node):
        make_external(tree, topics, node, Code(make_words(fallback) or "work", "a task that named no work", ()))
        tree.note(NoteKind.TO_DO, node, f"{describe(node)} named no work: write a worker for its topic, or remove it")


def _names_nothing(node: Node) -> bool:
    """Drawn, and never said how it is done: no engine runs such a task."""
    given = any(get(node, name) for name in ("class", "delegateExpression", "expression", "decisionRef", "topic"))
    foreign = any(not is_camunda(child) for child in list_extensions(node))
    known = given or foreign or node.get("messageRef") or node.get("operationRef")
    return not known and not is_bpmn(node, "messageEventDefinition")


def _convert_typed(tree: Tree, topics: Topics, node: Node, kind: str) -> None:
    """``camunda:type="mail"`` and others: fields are inputs of the topic of this name."""
    code = Code(make_words(kind) or "work", f"camunda:type '{kind}'", (("camunda:type", kind),))
    topic = make_external(tree, topics, node, code)
    tree.note(NoteKind.TO_DO, node, f"topic '{topic}': {HELP.get(kind, 'a worker does what the type did')}")


def _runs_here(tree: Tree, node: Node, connector: Node) -> bool:
    """Baton makes HTTP calls itself, as long as no foreign script or bean computes what goes in or out."""
    if _read_connector_id(connector) != HTTP or is_bpmn(node, "messageEventDefinition"):
        return False
    scripts = [read_script(tree, each) for each in connector.iter() if is_camunda(each, "script")]
    texts = [read_text(each) for each in connector.iter() if is_camunda(each)]
    return all(script.runs for script in scripts) and not any(calls_beans(text) for text in texts)


def _note_http(tree: Tree, node: Node) -> None:
    message = f"the connector '{HTTP}' of {describe(node)} is done by Baton, for hosts that BATON_HTTP_HOSTS allows"
    tree.note(NoteKind.DIFFERS, node, message)


def _convert_connector(tree: Tree, topics: Topics, node: Node, connector: Node) -> None:
    """The connector's inputs and outputs become those of the task: its inputs after, its outputs before the others."""
    id_ = _read_connector_id(connector)
    holder = node.getparent() if is_bpmn(node, "messageEventDefinition") else node
    inner = next(iter(find_children(connector, "inputOutput")), None)
    for parameter in list(inner) if inner is not None else ():
        if isinstance(parameter.tag, str):
            _move_parameter(tree, holder, parameter)
    if id_ == HTTP and find_extension(holder, "inputOutput") is not None:
        _keep_answer(tree, holder)
    code = Code(make_words(id_) or "connector", f"the connector '{id_}'", (("connectorId", id_),))
    remove(connector)
    topic = make_external(tree, topics, node, code)
    message = f"topic '{topic}': a worker makes the call; its outputs read what it completes with, such as 'response'"
    tree.note(NoteKind.TO_DO, node, message)


def _keep_answer(tree: Tree, holder: Node) -> None:
    """Every status is a success, as in the connector, and the answer stays for those who compute the outputs."""
    tree.add_parameter(holder, "inputParameter", "accept", "any")
    for name in ("statusCode", "response"):
        tree.add_parameter(holder, "outputParameter", name, "${" + name + "}")


def _read_connector_id(connector: Node) -> str:
    return next((read_text(child).strip() for child in find_children(connector, "connectorId")), "")


def _move_parameter(tree: Tree, holder: Node, parameter: Node) -> None:
    name = "inputParameter" if parameter.tag.endswith("inputParameter") else "outputParameter"
    made = tree.add_parameter(holder, name, parameter.get("name") or "", "")
    made.text = parameter.text
    for child in list(made):
        made.remove(child)
    for child in list(parameter):
        made.append(child)


def _keep_arguments(tree: Tree, node: Node, code: Code) -> None:
    """Arguments that are more than a variable are evaluated here: the worker gets them as ``argument1`` and so on."""
    if is_bpmn(node, "messageEventDefinition"):
        return
    found = _CALL.fullmatch(dict(code.origin).get("camunda:expression", ""))
    for number, argument in enumerate(_split_arguments(found["arguments"]) if found else (), 1):
        expression = "${" + argument.strip() + "}"
        if not _VARIABLE.fullmatch(argument) and not calls_beans(expression) and "execution" not in argument:
            tree.add_parameter(node, "inputParameter", f"argument{number}", expression)
            tree.note(NoteKind.CHANGED, node, f"argument {number} of the call is the input 'argument{number}'")


def _split_arguments(text: str) -> list[str]:
    """At commas outside of texts and brackets."""
    parts, depth, quote = [""], 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        depth += (sign in "([{") - (sign in ")]}") if not quote else 0
        if sign == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += sign
    return [part for part in parts if part.strip()]


def _ask_for_result(tree: Tree, node: Node, code: Code, topic: str) -> None:
    result = dict(code.origin).get("resultVariable")
    asked = f"; complete it with the variable '{result}'" if result else ""
    tree.note(NoteKind.TO_DO, node, f"topic '{topic}' needs a worker that does what {code.words} did{asked}")


def _convert_misplaced(tree: Tree, topics: Topics, node: Node) -> None:
    """Java where Camunda 7 ignores it, or a plain task that a modeler gave work to."""
    if is_bpmn(node, "task") and (code := find_java(node, node.get("name") or node.get("id") or "")) is not None:
        make_service_task(node)
        topic = make_external(tree, topics, node, code)
        _ask_for_result(tree, node, code, topic)
        return
    _drop_ignored(tree, node)


def _drop_ignored(tree: Tree, node: Node) -> None:
    for name in ("class", "delegateExpression"):
        if (found := get(node, name)) is not None:
            remove_attribute(node, name)
            tree.add_property(node, f"camunda:{name}", found)
            tree.note(NoteKind.CHANGED, node, f"camunda:{name} '{found}' has no effect at {describe(node)}: removed")


def convert_calls(tree: Tree, topics: Topics) -> None:
    """Cases (CMMN) and mappings in Java of call activities."""
    for node in tree.walk("callActivity"):
        case = get(node, "caseRef")
        if case is not None and not node.get("calledElement"):
            _convert_case(tree, topics, node, case)
        for name in ("variableMappingClass", "variableMappingDelegateExpression"):
            if (found := get(node, name)) is not None:
                _remove_mapping(tree, topics, node, name, found)


def _convert_case(tree: Tree, topics: Topics, node: Node, case: str) -> None:
    """A worker does the case: what went in are inputs, what came out is what it completes with."""
    make_service_task(node)
    for name in [key for key in node.attrib if "}case" in key]:
        node.attrib.pop(name)
    code = Code(f"case-{make_words(case)}".rstrip("-"), f"the case (CMMN) '{case}'", (("camunda:caseRef", case),))
    topic = make_external(tree, topics, node, code)
    results = ", ".join(f"'{out.get('source')}'" for out in find_extensions(node, "out") if out.get("source"))
    for mapping in find_extensions(node, "in", "out"):
        _convert_case_mapping(tree, node, mapping)
    asked = f"; complete it with {results}" if results else ""
    tree.note(NoteKind.TO_DO, node, f"topic '{topic}' needs a worker that does the case: Baton runs no CMMN{asked}")


def _convert_case_mapping(tree: Tree, node: Node, mapping: Node) -> None:
    source, target = mapping.get("source"), mapping.get("target")
    text = mapping.get("sourceExpression") or ("${" + source + "}" if source else None)
    if target and text:
        kind = "inputParameter" if mapping.tag.endswith("}in") else "outputParameter"
        tree.add_parameter(node, kind, target, text)
    said = f"source '{source or mapping.get('sourceExpression') or 'all'}'"
    tree.note(NoteKind.CHANGED, mapping, f"{describe(mapping)} ({said}) of the case is a mapping of the task now")
    remove(mapping)


def _remove_mapping(tree: Tree, topics: Topics, node: Node, name: str, found: str) -> None:
    """A listener at the start prepares what goes in, one at the end what came out."""
    remove_attribute(node, name)
    tree.add_property(node, f"camunda:{name}", found)
    base = name_class(found) if name.endswith("Class") else name_expression(found, node.get("id") or "")
    for event in ("start", "end"):
        code = Code(f"{base}-{event}", found, ((f"camunda:{name}", f"{found} ({event})"),))
        tree.add_extension(node, "executionListener", event=event, topic=topics.choose(code))
    message = f"camunda:{name} '{found}' of {describe(node)} is now done by listeners at start and end"
    tree.note(NoteKind.CHANGED, node, message)
    advice = "add a camunda:in and a camunda:out for each variable that the mapping passed: only they go in and out"
    tree.note(NoteKind.TO_DO, node, advice)
