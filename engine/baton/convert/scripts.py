"""Scripts in languages that do not run here: script tasks, mappings and conditions."""

from __future__ import annotations

from lxml import etree

from baton.bpmn.schema.types import is_a
from baton.convert.code import Code, Script, calls_beans, read_script
from baton.convert.external import Topics, make_external, make_service_task
from baton.convert.insertion import insert_task, list_flows
from baton.convert.report import NoteKind
from baton.convert.simple_scripts import translate
from baton.convert.topics import name_expression
from baton.convert.tree import (
    Node,
    Tree,
    describe,
    find_child,
    get,
    is_camunda,
    list_extensions,
    read_text,
    remove,
    remove_attribute,
    rename,
    split,
)
from baton.expression.scripts import is_supported_language

EXPRESSIONS = ("juel", "feel", "python")


def convert_script_tasks(tree: Tree, topics: Topics) -> None:
    for node in tree.walk("scriptTask"):
        script = read_script(tree, node)
        if get(node, "type") == "external" or _has_foreign_script(node):
            continue
        if not script.resource and not (script.text or "").strip():
            _drop_empty(tree, node)
        elif script.runs:
            continue
        elif script.text is not None and is_supported_language(script.language):
            _put_inside(tree, node, script, script.language, script.text)
        elif script.text is not None and (simple := translate(script.language, script.text)) is not None:
            _put_inside(tree, node, script, *simple)
        else:
            _give_to_worker(tree, topics, node, script)


def _has_foreign_script(node: Node) -> bool:
    """``zeebe:script``."""
    return any(split(child)[1] == "script" for child in list_extensions(node))


def _drop_empty(tree: Tree, node: Node) -> None:
    """A script task without a script does nothing, as a task without a kind does."""
    inside = find_child(node, "script")
    if inside is not None:
        remove(inside)
    node.attrib.pop("scriptFormat", None)
    rename(node, "task")
    tree.note(NoteKind.CHANGED, node, f"the script of {describe(node)} is empty: it is a task without a kind now")


def _put_inside(tree: Tree, node: Node, script: Script, language: str, text: str) -> None:
    """The script stands in the model, in a language that Baton runs."""
    holder = node if is_camunda(node, "script") else find_child(node, "script")
    if holder is None:
        holder = etree.SubElement(node, f"{{{etree.QName(node).namespace}}}script")
    holder.text = text
    node.set("scriptFormat", language)
    node.attrib.pop("resource", None)
    remove_attribute(node, "resource")
    what = script.resource or f"'{text}'"
    message = f"the script of {describe(node)} in {script.language} is now {language} in the model itself: {what}"
    tree.note(NoteKind.CHANGED, node, message)


def _give_to_worker(tree: Tree, topics: Topics, node: Node, script: Script) -> None:
    code = script.make_code(node.get("name") or node.get("id") or "script")
    result = get(node, "resultVariable")
    if result is not None:
        code = Code(code.topic, code.words, (*code.origin, ("resultVariable", result)))
    inside = find_child(node, "script")
    if inside is not None:
        remove(inside)
    node.attrib.pop("scriptFormat", None)
    remove_attribute(node, "resource")
    make_service_task(node)
    topic = make_external(tree, topics, node, code)
    _ask_for_script(tree, node, topic, script, result)


def _ask_for_script(tree: Tree, node: Node, topic: str, script: Script, result: str | None) -> None:
    where = "in the file that it names" if script.text is None else "in the property 'script' of the element"
    asked = f"complete it with the variable '{result}'" if result else "complete it with the variables that it set"
    tree.note(NoteKind.TO_DO, node, f"topic '{topic}' needs a worker that does the script, {where}; {asked}")


def convert_parameters(tree: Tree, topics: Topics) -> None:
    """Inputs and outputs that a foreign script or a bean computes: a worker computes them, called as a listener."""
    for parameter in [node for node in tree.root.iter() if is_camunda(node, "inputParameter", "outputParameter")]:
        scripts = [node for node in parameter.iter() if is_camunda(node, "script")]
        for script in [each for each in scripts if not read_script(tree, each).runs]:
            _convert_simple(tree, script)
        code = _find_parameter_code(tree, parameter)
        if code is not None:
            _compute_by_worker(tree, topics, parameter, code)


def _convert_simple(tree: Tree, holder: Node) -> None:
    script = read_script(tree, holder)
    if script.text is not None and is_supported_language(script.language):
        _put_inside(tree, holder, script, script.language, script.text)
    elif script.text is not None and (simple := translate(script.language, script.text)) is not None:
        _put_inside(tree, holder, script, *simple)


def _find_parameter_code(tree: Tree, parameter: Node) -> Code | None:
    host = _get_host(parameter)
    topic = f"{(host.get('id') if host is not None else None) or 'task'}-{parameter.get('name') or ''}"
    scripts = [read_script(tree, node) for node in parameter.iter() if is_camunda(node, "script")]
    foreign = [script for script in scripts if not script.runs]
    if foreign and (len(scripts) > 1 or len(list(parameter.iter())) > 2):
        written = etree.tostring(parameter, encoding="unicode", with_tail=False)
        return Code(foreign[0].make_code(topic).topic, "a value with scripts", (("script", written),))
    if foreign:
        return foreign[0].make_code(topic)
    text = read_text(parameter).strip()
    if len(parameter) == 0 and calls_beans(text):
        return Code(name_expression(text, topic), f"the expression '{text}'", (("camunda:expression", text),))
    return None


def _get_host(parameter: Node) -> Node | None:
    mapping = parameter.getparent()
    return mapping.getparent().getparent() if is_camunda(mapping, "inputOutput") else None


def _compute_by_worker(tree: Tree, topics: Topics, parameter: Node, code: Code) -> None:
    host, name = _get_host(parameter), parameter.get("name") or ""
    if host is None or not name:
        return
    if not is_a(split(host)[1], "activity"):
        _compute_in_flow(tree, topics, parameter, host, code)
        return
    is_input = is_camunda(parameter, "inputParameter")
    origin = (*code.origin, ("resultVariable", name))
    topic = topics.choose(Code(code.topic, code.words, origin))
    for key, value in origin:
        tree.add_property(host, f"{topic} {key}", value)
    tree.add_extension(host, "executionListener", event="start" if is_input else "end", topic=topic)
    _clear(parameter, is_input=is_input)
    what = "input" if is_input else "output"
    message = f"the {what} '{name}' of {describe(host)} ({code.words}) is now computed by a worker: topic '{topic}'"
    tree.note(NoteKind.CHANGED, host, message)
    tree.note(NoteKind.TO_DO, host, f"topic '{topic}' needs a worker that completes with the variable '{name}'")


def _clear(parameter: Node, *, is_input: bool) -> None:
    """An input keeps its name, so that the variable is one of the activity; an output is set by the worker alone."""
    if not is_input:
        remove(parameter)
        return
    parameter.text = None
    for child in list(parameter):
        parameter.remove(child)


def _compute_in_flow(tree: Tree, topics: Topics, parameter: Node, host: Node, code: Code) -> None:
    """Of an event: a task after it computes what it put out."""
    name = parameter.get("name") or ""
    for flow in list_flows(tree, host, "sourceRef"):
        _insert_computing(
            tree, topics, flow, host, Code(code.topic, code.words, (*code.origin, ("resultVariable", name)))
        )
    message = f"the output '{name}' of {describe(host)} ({code.words}) is now computed by a task after it"
    tree.note(NoteKind.CHANGED, host, message)
    remove(parameter)


def _insert_computing(tree: Tree, topics: Topics, flow: Node, host: Node, code: Code) -> str:
    variable = dict(code.origin)["resultVariable"]
    task = insert_task(tree, flow, f"{host.get('id')}_{variable}", f"Compute {variable}")
    topic = make_external(tree, topics, task, code)
    tree.note(NoteKind.TO_DO, host, f"topic '{topic}' needs a worker that completes with the variable '{variable}'")
    return topic


def convert_conditions(tree: Tree, topics: Topics) -> None:
    """Conditions of flows that a foreign script or a bean decides: a worker decides before the choice."""
    for condition in tree.walk("conditionExpression"):
        flow = condition.getparent()
        code = _find_condition_code(tree, condition, flow)
        source = tree.find(flow.get("sourceRef") or "")
        if code is not None and source is not None and flow.get("id"):
            _decide_before(tree, topics, condition, source, code)


def _find_condition_code(tree: Tree, condition: Node, flow: Node) -> Code | None:
    language, text = (condition.get("language") or "").strip(), read_text(condition).strip()
    resource = next((value for name, value in condition.attrib.items() if name.endswith("}resource")), None)
    topic = f"decide-{flow.get('id')}"
    if (language and language.lower() not in EXPRESSIONS and not language.startswith("http")) or resource:
        if (simple := translate(language, text)) is not None and not resource:
            _replace_condition(tree, condition, simple)
            return None
        return Script(language, text or None, resource).make_code(topic)
    if calls_beans(text):
        return Code(name_expression(text, topic), f"the expression '{text}'", (("camunda:expression", text),))
    return None


def _replace_condition(tree: Tree, condition: Node, simple: tuple[str, str]) -> None:
    language, text = simple
    was = condition.get("language")
    condition.attrib.pop("language")
    condition.text = text if language == "juel" else f"={text}"
    for child in list(condition):
        condition.remove(child)
    tree.note(NoteKind.CHANGED, condition, f"the condition in {was} is now {language}: '{text}'")


def _decide_before(tree: Tree, topics: Topics, condition: Node, source: Node, code: Code) -> None:
    flow = condition.getparent()
    variable = f"{flow.get('id')}_condition".replace("-", "_").replace(".", "_")
    code = Code(code.topic, code.words, (*code.origin, ("resultVariable", variable)))
    if is_a(split(source)[1], "activity"):
        topic = topics.choose(code)
        for key, value in code.origin:
            tree.add_property(source, f"{topic} {key}", value)
        tree.add_extension(source, "executionListener", event="end", topic=topic)
        message = f"a listener at the end of {describe(source)} decides a condition: topic '{topic}'"
        tree.note(NoteKind.CHANGED, source, message)
        tree.note(
            NoteKind.TO_DO, source, f"topic '{topic}' needs a worker that completes with the variable '{variable}'"
        )
    else:
        _decide_in_flow(tree, topics, source, code)
    condition.text = "${" + variable + "}"
    condition.attrib.pop("language", None)
    remove_attribute(condition, "resource")
    for child in list(condition):
        condition.remove(child)
    message = f"the condition of {describe(flow)} ({code.words}) is now the variable '{variable}', which a worker sets"
    tree.note(NoteKind.CHANGED, condition, message)


def _decide_in_flow(tree: Tree, topics: Topics, source: Node, code: Code) -> None:
    """Before a gateway; after a start or boundary event."""
    for flow in list_flows(tree, source, "targetRef"):
        _insert_computing(tree, topics, flow, source, code)
