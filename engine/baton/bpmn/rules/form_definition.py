"""What a user task or start event says of its form can be followed: which form, and what its fields take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse, warn
from baton.bpmn.names import CAMUNDA
from baton.model.attributes import FIELD_TYPES, NUMBER_TYPES, TEXT_TYPES
from baton.model.problems import Problem

RULE = "form-definition"
BINDINGS = ("latest", "deployment", "version")
SWITCHES = ("required", "readonly")
BOUNDS = {"min": NUMBER_TYPES, "max": NUMBER_TYPES, "minlength": TEXT_TYPES, "maxlength": TEXT_TYPES}
"""A constraint with a number -> the types that it goes with."""


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if kind.name in ("userTask", "startEvent"):
            yield from _check_reference(element)
            yield from _check_fields(element)


def _check_reference(element: Element) -> Iterator[Problem]:
    reference = element.get_extension(CAMUNDA, "formRef")
    if reference is not None and element.get_extension(CAMUNDA, "formKey") is not None:
        yield refuse(
            RULE, element, f"Expected a formRef or a formKey at {element.label}, but found both: remove one of them"
        )
    binding = element.get_extension(CAMUNDA, "formRefBinding")
    version = element.get_extension(CAMUNDA, "formRefVersion")
    if binding is not None and binding not in BINDINGS:
        yield refuse(
            RULE, element, f"Expected formRefBinding {', '.join(BINDINGS)} at {element.label}, but found '{binding}'"
        )
    if binding == "version" and not (version or "").isdecimal():
        found = f"'{version}'" if version else "none"
        yield refuse(RULE, element, f"Expected a whole number as formRefVersion of {element.label}, but found {found}")
    if reference is None and (binding or version):
        yield warn(
            RULE, element, f"Expected a formRef beside its binding at {element.label}, but found none: no effect"
        )


def _check_fields(element: Element) -> Iterator[Problem]:
    data = element.find_extension(CAMUNDA, "formData")
    fields = data.find_all("formField", namespace=CAMUNDA) if data is not None else []
    counted = Counter(field.id for field in fields if field.id)
    for name in (name for name, count in counted.items() if count > 1):
        yield refuse(RULE, element, f"Expected one field '{name}' in the form of {element.label}, but found more")
    for field in fields:
        yield from _check_field(field)


def _check_field(field: Element) -> Iterator[Problem]:
    type_ = (field.get("type") or "string").lower()
    if type_ not in FIELD_TYPES:
        known = ", ".join(sorted(FIELD_TYPES))
        yield warn(RULE, field, f"Expected a type ({known}) of {field.label}, but found '{type_}': it takes any value")
    if type_ == "enum" and not field.find_all("value", namespace=CAMUNDA):
        yield warn(RULE, field, f"Expected a camunda:value for each choice of {field.label}, but found none")
    validation = field.find("validation", CAMUNDA)
    for constraint in validation.find_all("constraint", namespace=CAMUNDA) if validation is not None else []:
        yield from _check_constraint(field, type_, constraint)


def _check_constraint(field: Element, type_: str, constraint: Element) -> Iterator[Problem]:
    name, config = constraint.get("name"), constraint.get("config") or ""
    if name in SWITCHES:
        return
    fitting = BOUNDS.get(name or "")
    if fitting is None:
        known = ", ".join((*SWITCHES, *BOUNDS))
        yield warn(
            RULE, constraint, f"Expected a constraint ({known}) at {field.label}, but found '{name}': it is not checked"
        )
    elif type_ in FIELD_TYPES and type_ not in fitting:
        yield refuse(
            RULE,
            constraint,
            f"Expected no constraint '{name}' at {field.label} of type '{type_}': it goes with "
            f"{', '.join(sorted(fitting))}",
        )
    elif not _is_number(config, whole=fitting is TEXT_TYPES):
        yield refuse(RULE, constraint, f"Expected a number as '{name}' of {field.label}, but found '{config}'")


def _is_number(text: str, *, whole: bool) -> bool:
    try:
        int(text) if whole else float(text)
    except ValueError:
        return False
    return True
