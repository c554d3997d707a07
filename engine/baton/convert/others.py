"""Files of Camunda 8 and SpiffArena run as they are: what differs is reported."""

from __future__ import annotations

from baton.bpmn.names import BPMN, SPIFF, ZEEBE
from baton.convert.dialects import CAMUNDA_8
from baton.convert.report import NoteKind
from baton.convert.tree import Tree, split

ZEEBE_ELEMENTS = {
    "taskDefinition": "the job is an external task: a worker of Baton fetches it by its topic, which is the type",
    "userTask": "the user task is in Baton's task list, not in that of Camunda 8",
    "userTaskForm": "the form inside the file is not read: deploy it as a file of its own, and name it in formId",
    "calledDecision": "the decision is evaluated by Baton: deploy its DMN file too",
    "executionListeners": "each listener is an external task; its retries are those of the worker",
    "taskListeners": "each listener is an external task; it cannot deny the change that it hears of",
    "linkedResources": "linked resources are not read: the worker loads what it needs",
    "conditionalFilter": "the filter is not read: the condition is evaluated at every change of a variable",
}
SPIFF_ELEMENTS = {
    "serviceTaskOperator": "the operator is an external task with its id as topic: a worker does what the proxy did",
    "preScript": "the script runs in Baton's sandbox: no imports beyond it",
    "postScript": "the script runs in Baton's sandbox: no imports beyond it",
    "instructionsForEndUser": "instructions are kept, and shown by no page of Baton",
    "unitTests": "unit tests of scripts are not run: see scenarios",
    "formJsonSchemaFilename": "the JSON schema is not a form here: draw a form, and name it in camunda:formRef",
    "formUiSchemaFilename": "the UI schema is not read",
    "calledDecisionId": "the decision is evaluated by Baton: deploy its DMN file too",
}


def compare(tree: Tree, dialect: str) -> None:
    """Note each construct of the dialect that runs otherwise here."""
    namespace, table = (ZEEBE, ZEEBE_ELEMENTS) if dialect == CAMUNDA_8 else (SPIFF, SPIFF_ELEMENTS)
    for node in [each for each in tree.root.iter() if isinstance(each.tag, str)]:
        space, name = split(node)
        if space == namespace and name in table:
            tree.note(NoteKind.DIFFERS, node, table[name])
    if dialect == CAMUNDA_8:
        _note_connectors(tree)
    for process in tree.walk("process"):
        if process.get("isExecutable") not in ("true", "1"):
            tree.note(
                NoteKind.TO_DO, process, f"process '{process.get('id')}' is not executable: it would not be deployed"
            )


def _note_connectors(tree: Tree) -> None:
    for node in tree.root.iter():
        template: str | None = node.get(f"{{{ZEEBE}}}modelerTemplate") if isinstance(node.tag, str) else None
        if template and split(node)[0] == BPMN:
            message = f"the template '{template}' is a connector of Camunda 8: a worker must do what it did"
            tree.note(NoteKind.TO_DO, node, message)
