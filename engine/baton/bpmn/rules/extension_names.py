"""What the extension dialects know, and what Baton makes of it."""

from __future__ import annotations

from baton.bpmn.names import BATON, CAMUNDA, SPIFF, ZEEBE

READ_ATTRIBUTES: dict[str, frozenset[str]] = {
    CAMUNDA: frozenset(
        [
            "asyncBefore",
            "asyncAfter",
            "async",
            "exclusive",
            "type",
            "topic",
            "taskPriority",
            "assignee",
            "candidateUsers",
            "candidateGroups",
            "dueDate",
            "followUpDate",
            "priority",
            "formKey",
            "formRef",
            "formRefBinding",
            "formRefVersion",
            "initiator",
            "jobPriority",
            "resultVariable",
            "expression",
            "decisionRef",
            "decisionRefBinding",
            "decisionRefVersion",
            "decisionRefVersionTag",
            "mapDecisionResult",
            "calledElementBinding",
            "calledElementVersion",
            "calledElementVersionTag",
            "collection",
            "elementVariable",
            "errorCodeVariable",
            "errorMessageVariable",
            "escalationCodeVariable",
            "variableName",
            "variableEvents",
            "versionTag",
            "historyTimeToLive",
            "isStartableInTasklist",
            "candidateStarterGroups",
            "failedJobRetryTimeCycle",
        ]
    ),
    ZEEBE: frozenset(),
    SPIFF: frozenset(),
    BATON: frozenset({"readOnly"}),
}
HARMLESS_ATTRIBUTES = frozenset(
    ["modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "diagramRelationId", "isExecutable"]
)
"""What modelers write for themselves."""

JAVA_ATTRIBUTES = frozenset(
    ["class", "delegateExpression", "variableMappingClass", "variableMappingDelegateExpression", "formHandlerClass"]
)
"""Refused by `java-code`."""

READ_ELEMENTS: dict[str, frozenset[str]] = {
    CAMUNDA: frozenset(
        [
            "inputOutput",
            "inputParameter",
            "outputParameter",
            "list",
            "map",
            "entry",
            "script",
            "value",
            "formData",
            "formField",
            "validation",
            "constraint",
            "properties",
            "property",
            "in",
            "out",
            "failedJobRetryTimeCycle",
            "executionListener",
            "taskListener",
            "errorEventDefinition",
            "field",
            "string",
            "expression",
            "connector",
            "connectorId",
        ]
    ),
    ZEEBE: frozenset(
        [
            "taskDefinition",
            "taskHeaders",
            "header",
            "ioMapping",
            "input",
            "output",
            "calledElement",
            "userTask",
            "assignmentDefinition",
            "taskSchedule",
            "priorityDefinition",
            "formDefinition",
            "subscription",
            "loopCharacteristics",
            "script",
            "calledDecision",
            "properties",
            "property",
            "executionListeners",
            "executionListener",
            "taskListeners",
            "taskListener",
            "versionTag",
            "adHoc",
        ]
    ),
    SPIFF: frozenset(
        [
            "preScript",
            "postScript",
            "serviceTaskOperator",
            "parameters",
            "parameter",
            "calledDecisionId",
            "instructionsForEndUser",
            "unitTests",
            "unitTest",
            "inputJson",
            "expectedOutputJson",
        ]
    ),
    BATON: frozenset(),
}
KNOWN = (CAMUNDA, ZEEBE, SPIFF, BATON)
