"""Forms: HTML and Java of other engines are not shown here; fields and keys stay."""

from __future__ import annotations

from baton.convert.report import NoteKind
from baton.convert.tree import Tree, describe, get, is_camunda, remove_attribute

_HTML = ("embedded:", "app:", ".html", ".jsf", ".xhtml", ".jsp")


def convert_forms(tree: Tree) -> None:
    for node in tree.walk("userTask", "startEvent"):
        _check_key(tree, node)
        if (handler := get(node, "formHandlerClass")) is not None:
            remove_attribute(node, "formHandlerClass")
            tree.add_property(node, "camunda:formHandlerClass", handler)
            tree.note(NoteKind.CHANGED, node, f"camunda:formHandlerClass '{handler}' of {describe(node)} is removed")
            tree.note(NoteKind.TO_DO, node, "do what the form handler did in a task before, or in your application")


def _check_key(tree: Tree, node: object) -> None:
    key = get(node, "formKey")
    if key is not None and any(part in key for part in _HTML):
        message = (
            f"the form '{key}' of {describe(node)} is kept for your application, and not shown by Baton's task list"
        )
        tree.note(NoteKind.TO_DO, node, f"{message}: draw a form (camunda:formRef) or list fields (camunda:formData)")


def convert_constraints(tree: Tree) -> None:
    """Validators in Java check nothing here."""
    for constraint in [node for node in tree.root.iter() if is_camunda(node, "constraint")]:
        if constraint.get("name") == "validator":
            field = constraint.getparent().getparent()
            message = f"the validator '{constraint.get('config')}' of the field '{field.get('id')}' is not called"
            tree.note(NoteKind.TO_DO, constraint, f"{message}: check the value in a task after the form")
