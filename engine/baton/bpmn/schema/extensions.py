"""What the extension dialects know, and what Baton reads of it, by the element on which it stands."""

from __future__ import annotations

from baton.bpmn.names import BATON, CAMUNDA, SPIFF, ZEEBE

WORK = ("serviceTask", "sendTask", "businessRuleTask", "scriptTask", "messageEventDefinition", "task")
"""Where external work may stand; ``task`` stands for all kinds of tasks."""

TIMED = ("serviceTask", "sendTask", "businessRuleTask")
"""Where a worker's attempt may be limited."""

ATTRIBUTES: dict[str, dict[str, tuple[str, ...]]] = {
    CAMUNDA: {
        **dict.fromkeys(
            ("asyncBefore", "asyncAfter", "async", "exclusive"), ("flowNode", "multiInstanceLoopCharacteristics")
        ),
        **dict.fromkeys(("type", "topic"), (*WORK, "event")),
        "taskPriority": (*WORK, "process"),
        "jobPriority": ("flowNode", "process"),
        **dict.fromkeys(
            ("assignee", "candidateUsers", "candidateGroups", "dueDate", "followUpDate", "priority"), ("userTask",)
        ),
        **dict.fromkeys(("formKey", "formRef", "formRefBinding", "formRefVersion"), ("userTask", "startEvent")),
        "initiator": ("startEvent",),
        **dict.fromkeys(("resultVariable", "expression"), ("task",)),
        **dict.fromkeys(
            ("decisionRef", "decisionRefBinding", "decisionRefVersion", "decisionRefVersionTag", "mapDecisionResult"),
            ("businessRuleTask",),
        ),
        **dict.fromkeys(("calledElementBinding", "calledElementVersion", "calledElementVersionTag"), ("callActivity",)),
        **dict.fromkeys(("collection", "elementVariable"), ("multiInstanceLoopCharacteristics",)),
        **dict.fromkeys(("errorCodeVariable", "errorMessageVariable"), ("errorEventDefinition",)),
        "errorMessage": ("error",),
        "escalationCodeVariable": ("escalationEventDefinition",),
        **dict.fromkeys(("variableName", "variableEvents"), ("conditionalEventDefinition",)),
        **dict.fromkeys(
            (
                *("versionTag", "historyTimeToLive", "isStartableInTasklist"),
                *("candidateStarterGroups", "candidateStarterUsers"),
            ),
            ("process",),
        ),
        "failedJobRetryTimeCycle": ("flowNode",),
    },
    ZEEBE: {},
    SPIFF: {},
    BATON: {"readOnly": ("activity",), "timeout": TIMED},
}
"""Namespace -> attribute -> the BPMN types on which it is read."""

ATTRIBUTE_VALUES: dict[tuple[str, str], str] = {
    (CAMUNDA, "asyncBefore"): "bool",
    (CAMUNDA, "asyncAfter"): "bool",
    (CAMUNDA, "async"): "bool",
    (CAMUNDA, "exclusive"): "bool",
    (CAMUNDA, "isStartableInTasklist"): "bool",
    (BATON, "readOnly"): "bool",
}
"""Extension attribute -> what its values are, in the words of the schema."""

ELEMENT_VALUES: dict[tuple[str, str], dict[str, str]] = {
    (CAMUNDA, "in"): {"variables": "enum:all", "local": "bool"},
    (CAMUNDA, "out"): {"variables": "enum:all", "local": "bool"},
    (CAMUNDA, "formProperty"): dict.fromkeys(("required", "readable", "writable"), "bool"),
    (ZEEBE, "ioMapping"): {"propagateAllChildVariables": "bool"},
    (ZEEBE, "calledElement"): dict.fromkeys(("propagateAllChildVariables", "propagateAllParentVariables"), "bool"),
}
"""Extension element -> attribute -> what its values are."""

HARMLESS_ATTRIBUTES = frozenset(
    {"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "diagramRelationId"}
)
"""What modelers write for themselves."""

REFUSED_ATTRIBUTES = frozenset(
    {
        "resource",
        "class",
        "delegateExpression",
        "variableMappingClass",
        "variableMappingDelegateExpression",
        "formHandlerClass",
    }
)
"""Refused by `java-code` and `script-resource`."""

ELEMENTS: dict[str, dict[str, str]] = {
    CAMUNDA: {
        "inputOutput": "",
        "inputParameter": "name",
        "outputParameter": "name",
        "list": "",
        "map": "",
        "entry": "key",
        "script": "scriptFormat resource",
        "value": "id name",
        "formData": "",
        "formField": "id label type defaultValue",
        "formProperty": "id name type variable default expression datePattern required readable writable",
        "validation": "",
        "constraint": "name config",
        "properties": "",
        "property": "id name value",
        "in": "source sourceExpression target variables businessKey local",
        "out": "source sourceExpression target variables local",
        "failedJobRetryTimeCycle": "",
        "executionListener": "id event topic class expression delegateExpression",
        "taskListener": "id event topic class expression delegateExpression",
        "errorEventDefinition": "id errorRef expression",
        "field": "name stringValue expression",
        "string": "",
        "expression": "",
        "connector": "",
        "connectorId": "",
    },
    ZEEBE: {
        "taskDefinition": "type retries",
        "taskHeaders": "",
        "header": "key value",
        "ioMapping": "propagateAllChildVariables",
        "input": "source target",
        "output": "source target",
        "calledElement": "processId propagateAllChildVariables propagateAllParentVariables bindingType versionTag",
        "userTask": "",
        "assignmentDefinition": "assignee candidateGroups candidateUsers",
        "taskSchedule": "dueDate followUpDate",
        "priorityDefinition": "priority",
        "formDefinition": "formKey formId externalReference",
        "subscription": "correlationKey",
        "loopCharacteristics": "inputCollection inputElement outputCollection outputElement",
        "script": "expression resultVariable",
        "calledDecision": "decisionId resultVariable bindingType versionTag",
        "properties": "",
        "property": "name value",
        "executionListeners": "",
        "executionListener": "eventType type",
        "taskListeners": "",
        "taskListener": "eventType type",
        "versionTag": "value",
        "adHoc": "activeElementsCollection",
    },
    SPIFF: {
        "preScript": "",
        "postScript": "",
        "serviceTaskOperator": "id resultVariable",
        "parameters": "",
        "parameter": "id type value",
        "calledDecisionId": "",
        "instructionsForEndUser": "",
        "unitTests": "",
        "unitTest": "id",
        "inputJson": "",
        "expectedOutputJson": "",
    },
    BATON: {},
}
"""Namespace -> element -> the attributes of it that are read, by blanks."""

KNOWN = (CAMUNDA, ZEEBE, SPIFF, BATON)
