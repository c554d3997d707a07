"""The process of tasks that belong to none: no file, no deployment, and in no list."""

from __future__ import annotations

from baton.model.definition import Definition, Node, ProcessModel
from baton.model.elements import NodeKind
from baton.model.standalone import DEFINITION_ID, ELEMENT, KEY

DEFINITION = Definition(
    id=DEFINITION_ID, key=KEY, version=1, deployment_id=KEY, resource_name=KEY, deployed_at=0, startable=False
)
MODEL = ProcessModel(
    id=KEY, nodes={ELEMENT: Node(id=ELEMENT, kind=NodeKind.USER_TASK, scope=KEY)}, flows={}, startable=False
)
