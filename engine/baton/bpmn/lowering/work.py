"""Who does the work of a node: workers (external tasks), people (user tasks), forms, listeners, scripts around it."""

from __future__ import annotations

import json
import re

from baton.bpmn.element import Element
from baton.bpmn.lowering import connectors, expressions
from baton.bpmn.names import BATON, CAMUNDA, FALSE, SPIFF, TRUE, ZEEBE
from baton.model.attributes import ErrorMapping, Expression, ExternalWork, Form, FormField, Script, UserWork
from baton.model.definition import Listener


def read_external_work(element: Element) -> ExternalWork | None:
    """``camunda:type="external"`` (a missing topic is a rule's finding: the topic is then empty), a connector,
    ``zeebe:taskDefinition`` or ``spiffworkflow:serviceTaskOperator``."""
    is_external, is_http_call = element.get_extension(CAMUNDA, "type") == "external", connectors.is_http_call(element)
    if is_external or is_http_call:
        templates = connectors.find_templates(element) if is_http_call else ()
        topic = _read_attribute(element, "topic") if is_external else None
        return ExternalWork(
            topic=topic or Expression("" if is_external else connectors.HTTP, "literal", element.line),
            priority=read_inherited(element, "taskPriority"),
            retries=read_retries(element),
            headers={connectors.TEMPLATES: json.dumps(templates)} if templates else {},
            errors=_read_error_mappings(element),
            timeout=read_timeout(element),
        )
    zeebe = element.find_extension(ZEEBE, "taskDefinition")
    if zeebe is not None:
        return ExternalWork(
            topic=expressions.to_expression(zeebe.get("type"), zeebe.line) or Expression("", "literal", zeebe.line),
            retries=expressions.to_expression(zeebe.get("retries"), zeebe.line),
            headers=_read_headers(element),
            timeout=read_timeout(element),
        )
    return _read_operator(element)


def _read_operator(element: Element) -> ExternalWork | None:
    operator = element.find_extension(SPIFF, "serviceTaskOperator")
    if operator is None:
        return None
    topic = expressions.to_expression(operator.get("id"), operator.line) or Expression("", "literal", operator.line)
    return ExternalWork(topic=topic, timeout=read_timeout(element))


def read_timeout(element: Element) -> Expression | None:
    """``baton:timeout``, an attribute or a property: how long one attempt of a worker may take."""
    text = element.get_extension(BATON, "timeout") or read_properties(element).get("baton:timeout")
    return expressions.to_expression(text, element.line)


def read_operator_result(element: Element) -> str | None:
    """The variable that the result of a ``spiffworkflow:serviceTaskOperator`` goes to."""
    operator = element.find_extension(SPIFF, "serviceTaskOperator")
    return operator.get("resultVariable") if operator is not None else None


def _read_headers(element: Element) -> dict[str, str]:
    holder = element.find_extension(ZEEBE, "taskHeaders")
    found = holder.find_all("header", namespace=ZEEBE) if holder is not None else []
    return {header.get("key") or "": header.attributes.get("value", "") for header in found}


def _read_error_mappings(element: Element) -> tuple[ErrorMapping, ...]:
    """Those that can throw: without an expression nothing says when, and Camunda 7 never throws such an error."""
    found: list[ErrorMapping] = []
    for mapping in element.find_extensions(CAMUNDA):
        condition = expressions.to_expression(mapping.get("expression"), mapping.line)
        if mapping.name == "errorEventDefinition" and condition is not None:
            thrown = _find_error(mapping)
            message = _read_attribute(thrown, "errorMessage") if thrown is not None else None
            found.append(ErrorMapping(read_error_code(mapping), condition, message))
    return tuple(found)


def read_error_code(definition: Element) -> str | None:
    """The ``errorCode`` of the error. A reference to none is the code, as in Camunda 7."""
    found = _find_error(definition)
    return found.get("errorCode") if found is not None else definition.get_ref("errorRef")


def _find_error(definition: Element) -> Element | None:
    wanted = definition.get_ref("errorRef")
    root = list(definition.walk_up())[-1]
    return next((e for e in root.find_all("error") if e.id == wanted), None)


def read_retries(element: Element) -> Expression | None:
    """``camunda:failedJobRetryTimeCycle``, as element or (Operaton) attribute."""
    inner = element.find_extension(CAMUNDA, "failedJobRetryTimeCycle")
    if inner is not None:
        return expressions.to_expression(inner.text, inner.line)
    return _read_attribute(element, "failedJobRetryTimeCycle")


def _read_attribute(element: Element, name: str) -> Expression | None:
    return expressions.to_expression(element.get_extension(CAMUNDA, name), element.line)


def read_inherited(element: Element, name: str) -> Expression | None:
    """A ``camunda:`` attribute of the node or, where it has none, of the process around it."""
    process = next((e for e in element.walk_up() if e.is_bpmn("process")), None)
    return _read_attribute(element, name) or (_read_attribute(process, name) if process is not None else None)


def read_user_work(element: Element) -> UserWork:
    """Who may do a user task, and by when; ``zeebe:`` elements where there are no ``camunda:`` attributes."""
    assignment = element.find_extension(ZEEBE, "assignmentDefinition")
    schedule = element.find_extension(ZEEBE, "taskSchedule")
    priority = element.find_extension(ZEEBE, "priorityDefinition")
    owners = _read_resource(element, "potentialOwner")
    documentation = element.find("documentation")
    return UserWork(
        name=_read_text(element.get("name"), element.line),
        description=None if documentation is None else _read_text(documentation.text, documentation.line),
        assignee=_read_attribute(element, "assignee")
        or _read_optional(assignment, "assignee")
        or _read_resource(element, "humanPerformer"),
        candidate_users=_read_attribute(element, "candidateUsers")
        or _read_optional(assignment, "candidateUsers")
        or _pick_owners(owners, "user"),
        candidate_groups=_read_attribute(element, "candidateGroups")
        or _read_optional(assignment, "candidateGroups")
        or _pick_owners(owners, "group"),
        due=_read_attribute(element, "dueDate") or _read_optional(schedule, "dueDate"),
        follow_up=_read_attribute(element, "followUpDate") or _read_optional(schedule, "followUpDate"),
        priority=_read_attribute(element, "priority") or _read_optional(priority, "priority"),
    )


def _read_text(text: str | None, line: int) -> Expression | None:
    """A text that holds expressions, as in Camunda 7; a plain one is none, whatever it begins with."""
    found = expressions.to_expression(text, line)
    return found if found is not None and found.dialect == "juel" else None


_OWNER = re.compile(r"\s*(?:(user|group)\(([^()]*)\)|([^,()]+))\s*(?:,|$)")


def _pick_owners(owners: Expression | None, kind: str) -> Expression | None:
    """``user(kermit), group(clerks), sales`` as Camunda 7 reads it: a name without kind is a group."""
    if owners is None or owners.dialect != "literal":
        return owners if kind == "group" else None
    found = [(m[1] or "group", (m[2] or m[3] or "").strip()) for m in _OWNER.finditer(owners.text)]
    names = [name for given, name in found if given == kind and name]
    return Expression(",".join(names), "literal", owners.line) if names else None


def _read_optional(element: Element | None, name: str) -> Expression | None:
    return expressions.to_expression(element.get(name), element.line) if element is not None else None


def _read_resource(element: Element, role: str) -> Expression | None:
    """``humanPerformer`` and ``potentialOwner`` of the standard, as Camunda 7 reads them."""
    holder = element.find(role)
    assignment = holder.find("resourceAssignmentExpression") if holder is not None else None
    inner = (assignment.find("formalExpression") or assignment.find("expression")) if assignment is not None else None
    return expressions.read_expression(inner, "literal")


FORMS = ("formData", "formProperty", "formKey", "formRef", "formDefinition")
"""Elements and attributes that a form is given by."""


def read_form(element: Element) -> Form | None:
    """``camunda:formData``, ``formProperty``, ``formKey``, ``formRef``, ``zeebe:formDefinition``; None without any."""
    data = element.find_extension(CAMUNDA, "formData")
    zeebe = element.find_extension(ZEEBE, "formDefinition")
    key = (
        _read_attribute(element, "formKey")
        or _read_optional(zeebe, "formKey")
        or _read_optional(zeebe, "externalReference")
    )
    ref = element.get_extension(CAMUNDA, "formRef") or (zeebe.get("formId") if zeebe is not None else None)
    older = [extension for extension in element.find_extensions(CAMUNDA) if extension.name == "formProperty"]
    if data is None and key is None and ref is None and not older:
        return None
    fields = data.find_all("formField", namespace=CAMUNDA) if data is not None else []
    return Form(
        fields=(*(_read_field(field) for field in fields), *(_read_property(item) for item in older)),
        key=key,
        ref=ref,
        ref_binding=element.get_extension(CAMUNDA, "formRefBinding") or "latest",
        ref_version=element.get_extension(CAMUNDA, "formRefVersion"),
    )


def _read_field(element: Element) -> FormField:
    validation = element.find("validation", CAMUNDA)
    properties = element.find("properties", CAMUNDA)
    return FormField(
        id=element.id or "",
        label=element.get("label"),
        type=element.get("type") or "string",
        default=expressions.to_expression(element.get("defaultValue"), element.line),
        choices=_read_pairs(element, "value", "id", "name"),
        constraints=_read_pairs(validation, "constraint", "name", "config"),
        properties=_read_pairs(properties, "property", "id", "value"),
    )


def _read_property(element: Element) -> FormField:
    """``camunda:formProperty``, the older way to write a form field; its ``variable`` is the name it is kept under."""
    required = (("required", ""),) if element.get("required") in TRUE else ()
    readonly = (("readonly", ""),) if element.get("writable") in FALSE else ()
    pattern = element.get("datePattern")
    return FormField(
        id=element.get("variable") or element.id or "",
        label=element.get("name"),
        type=element.get("type") or "string",
        default=expressions.to_expression(element.get("default") or element.get("expression"), element.line),
        choices=_read_pairs(element, "value", "id", "name"),
        constraints=(*required, *readonly),
        properties=(("datePattern", pattern),) if pattern else (),
    )


def _read_pairs(holder: Element | None, name: str, key: str, value: str) -> tuple[tuple[str, str], ...]:
    found = holder.find_all(name, namespace=CAMUNDA) if holder is not None else []
    return tuple((item.get(key) or "", item.attributes.get(value, "")) for item in found)


LISTENERS = ("executionListener", "executionListeners", "taskListener", "taskListeners")
"""Elements that hold listeners."""


def read_listeners(element: Element) -> tuple[Listener, ...]:
    """``camunda:`` listeners with a ``topic`` (attribute or field), an expression or a script, and ``zeebe:`` ones."""
    found: list[Listener] = []
    for extension in element.find_extensions(CAMUNDA):
        listener = _read_listener(extension) if extension.name in ("executionListener", "taskListener") else None
        if listener is not None:
            found.append(listener)
    for holder in element.find_extensions(ZEEBE):
        if holder.name in ("executionListeners", "taskListeners"):
            found.extend(_read_zeebe_listeners(holder))
    return tuple(found)


def _read_listener(element: Element) -> Listener | None:
    """A Java listener is none: the rules have said so."""
    topic = read_listener_topic(element)
    expression = expressions.to_expression(element.get("expression"), element.line) if topic is None else None
    holder = element.find("script", CAMUNDA) if topic is None and expression is None else None
    script = (
        expressions.make_script(holder.text, holder.get("scriptFormat"), holder.line) if holder is not None else None
    )
    if topic is None and expression is None and script is None:
        return None
    on_flow = any(around.is_bpmn("sequenceFlow") for around in element.walk_up())
    return Listener(
        event="take" if on_flow else element.get("event") or "start",
        topic=topic,
        expression=expression,
        script=script,
        of_task=element.name == "taskListener",
    )


def read_listener_topic(element: Element) -> Expression | None:
    """The topic of a ``camunda:`` listener: attribute ``topic``, or a field injection called ``topic``."""
    text = element.get("topic")
    for injected in element.find_all("field", namespace=CAMUNDA):
        if injected.get("name") == "topic":
            inner = injected.find("string", CAMUNDA) or injected.find("expression", CAMUNDA)
            text = injected.get("stringValue") or injected.get("expression") or (inner.text if inner else None)
    return expressions.to_expression(text, element.line)


def _read_zeebe_listeners(holder: Element) -> list[Listener]:
    return [
        Listener(event=child.get("eventType") or "start", topic=topic)
        for child in holder.children
        if (topic := expressions.to_expression(child.get("type"), child.line)) is not None
    ]


def read_script_around(element: Element, name: str) -> Script | None:
    """``spiffworkflow:preScript`` or ``postScript``."""
    holder = element.find_extension(SPIFF, name)
    return expressions.make_script(holder.text, "python", holder.line) if holder is not None else None


def read_properties(element: Element) -> dict[str, str]:
    """``camunda:properties`` and ``zeebe:properties``."""
    found: dict[str, str] = {}
    for namespace in (CAMUNDA, ZEEBE):
        holder = element.find_extension(namespace, "properties")
        for item in holder.find_all("property", namespace=namespace) if holder is not None else []:
            found[item.get("name") or item.get("id") or ""] = item.attributes.get("value", "")
    return found
