"""All rules, in two tables: those about the file (``Document``) and those about a `ProcessModel`.

Beside a rule stand the words that it is about: names of elements and attributes. A file that has none of them cannot
break the rule, so it is not asked. A rule without words, such as one that something is missing, is always asked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import TypeVar

from baton.bpmn import script_files, soundness, value_schemas
from baton.bpmn.document import Document
from baton.bpmn.lowering.loops import MARKERS
from baton.bpmn.lowering.mappings import MAPPINGS
from baton.bpmn.lowering.work import LISTENERS
from baton.bpmn.rules import (
    bean_call,
    binding_data,
    boundary_flows,
    boundary_host,
    call_data,
    called_process,
    cancel_event,
    changing_condition,
    choice_without_condition,
    collection_type,
    compensation_handler,
    compensation_reference,
    compensation_subprocess,
    condition_placement,
    constant_condition,
    constant_syntax,
    correlation,
    dangling_reference,
    data_association,
    data_sets,
    dead_end,
    default_flow,
    duplicate_catcher,
    duplicate_id,
    empty_expression,
    empty_process,
    end_with_outgoing,
    end_without_start,
    event_data,
    event_definition_reference,
    event_gateway,
    event_placement,
    event_subprocess_flows,
    expression_language,
    expression_syntax,
    extension_value,
    external_topic,
    flow_across_scopes,
    flow_lists,
    foreign_element,
    form_definition,
    gateway_direction,
    gateway_without_flows,
    hidden_compensation,
    http_connector,
    idle_compensation,
    immediate_flow,
    incomplete_event,
    incomplete_mapping,
    instantiating_node,
    intermediate_flows,
    java_code,
    join_listener,
    link_pairs,
    listener_place,
    lonely_condition,
    loop_data,
    loop_definition,
    mapping_place,
    message_flow,
    misplaced_attribute,
    misplaced_element,
    missing_attribute,
    missing_element,
    missing_id,
    missing_undo,
    mistyped_operator,
    no_effect,
    no_executable_process,
    not_observable,
    nothing_to_do,
    operation_data,
    process_settings,
    quantities,
    resource_role,
    retry_syntax,
    script_language,
    script_resource,
    script_syntax,
    start_expression,
    start_with_incoming,
    subprocess_start,
    timeout_syntax,
    timer_definition,
    timer_syntax,
    too_many_elements,
    unknown_attribute,
    unknown_element,
    unknown_extension,
    unnamed_message,
    unreachable_node,
    unsupported,
    untied_handler,
    variable_schema,
    wrong_namespace,
    wrong_reference,
    wrong_value,
)
from baton.model.definition import ProcessModel
from baton.model.problems import Problem, Severity

_LOG = logging.getLogger(__name__)
T = TypeVar("T")
DocumentRule = Callable[[Document], Iterable[Problem]]
ModelRule = Callable[[ProcessModel], Iterable[Problem]]
Words = tuple[str, ...]

_CODED = ("errorEventDefinition", "escalationEventDefinition")
_COMPENSATION = ("compensateEventDefinition",)
_CONDITIONS = (
    *("conditionExpression", "loopCondition", "completionCondition", "activationCondition", "condition"),
    "errorEventDefinition",
)
_GATEWAYS = ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway")
_SCRIPTS = ("script", "scriptTask", "globalScriptTask", "preScript", "postScript")

DOCUMENT_RULES: Mapping[DocumentRule, Words] = {
    binding_data.check: ("ioBinding",),
    call_data.check: ("callActivity", "supportedInterfaceRef"),
    called_process.check: ("callActivity", "businessRuleTask"),
    collection_type.check: ("isCollection",),
    correlation.check: ("correlationSubscription",),
    dangling_reference.check: (),
    data_association.check: ("dataInputAssociation", "dataOutputAssociation", "dataAssociation"),
    data_sets.check: ("ioSpecification",),
    duplicate_id.check: (),
    empty_expression.check: (),
    event_data.check: ("dataInput", "dataOutput"),
    event_definition_reference.check: ("eventDefinitionRef",),
    expression_language.check: ("language",),
    extension_value.check: extension_value.WORDS,
    flow_across_scopes.check: (),
    flow_lists.check: ("incoming", "outgoing", "flowNodeRef"),
    foreign_element.check: (),
    form_definition.check: ("formData", "formRef", "formRefBinding", "formRefVersion"),
    gateway_direction.check: ("gatewayDirection",),
    http_connector.check: ("connector", "topic"),
    immediate_flow.check: ("isImmediate",),
    incomplete_mapping.check: ("in", "out", *(name for _, name in incomplete_mapping.NEEDED)),
    java_code.check: (*java_code.ATTRIBUTES, *java_code.LISTENERS, "connector"),
    listener_place.check: listener_place.LISTENERS,
    loop_data.check: ("multiInstanceLoopCharacteristics",),
    message_flow.check: ("messageFlow",),
    misplaced_attribute.check: (),
    misplaced_element.check: (),
    missing_attribute.check: (),
    missing_element.check: (),
    missing_id.check: (),
    no_effect.check: (*no_effect.HINTS, "humanPerformer", "potentialOwner"),
    no_executable_process.check: (),
    operation_data.check: ("ioSpecification",),
    process_settings.check: ("historyTimeToLive", "processType", "property"),
    resource_role.check: ("resourceRef", "resourceParameterBinding"),
    script_resource.check: (script_files.RESOURCE,),
    timeout_syntax.check: ("timeout", "property"),
    timer_definition.check: ("timerEventDefinition",),
    too_many_elements.check: (),
    unknown_attribute.check: (),
    unknown_element.check: (),
    unknown_extension.check: (),
    unnamed_message.check: ("message", "signal"),
    variable_schema.check: value_schemas.WORDS,
    wrong_namespace.check: (),
    wrong_reference.check: (),
    wrong_value.check: (),
}
MODEL_RULES: Mapping[ModelRule, Words] = {
    bean_call.check: (),
    boundary_flows.check: ("boundaryEvent",),
    boundary_host.check: ("boundaryEvent",),
    cancel_event.check: ("cancelEventDefinition",),
    changing_condition.check: ("conditionalEventDefinition",),
    choice_without_condition.check: _GATEWAYS,
    compensation_handler.check: (*_COMPENSATION, "isForCompensation"),
    compensation_reference.check: _COMPENSATION,
    compensation_subprocess.check: _COMPENSATION,
    condition_placement.check: ("conditionExpression",),
    constant_condition.check: _CONDITIONS,
    constant_syntax.check: (*_CODED, "jobPriority", "taskPriority", "priority", "dueDate", "followUpDate"),
    dead_end.check: (),
    default_flow.check: ("default",),
    duplicate_catcher.check: (*_CODED, "messageEventDefinition", "signalEventDefinition", "instantiate"),
    empty_process.check: (),
    end_with_outgoing.check: (),
    end_without_start.check: (),
    event_gateway.check: ("eventBasedGateway",),
    event_placement.check: (),
    event_subprocess_flows.check: ("triggeredByEvent",),
    expression_syntax.check: (),
    external_topic.check: (),
    gateway_without_flows.check: _GATEWAYS,
    hidden_compensation.check: _COMPENSATION,
    idle_compensation.check: _COMPENSATION,
    incomplete_event.check: (),
    instantiating_node.check: ("instantiate",),
    intermediate_flows.check: (),
    join_listener.check: LISTENERS,
    link_pairs.check: ("linkEventDefinition",),
    lonely_condition.check: ("conditionExpression",),
    loop_definition.check: MARKERS,
    mapping_place.check: MAPPINGS,
    missing_undo.check: (*_COMPENSATION, "cancelEventDefinition"),
    mistyped_operator.check: (),
    not_observable.check: ("property",),
    nothing_to_do.check: (),
    quantities.check: ("startQuantity", "completionQuantity"),
    retry_syntax.check: ("failedJobRetryTimeCycle", "retries"),
    script_language.check: _SCRIPTS,
    script_syntax.check: _SCRIPTS,
    start_expression.check: (),
    start_with_incoming.check: (),
    subprocess_start.check: ("triggeredByEvent", "adHocSubProcess"),
    timer_syntax.check: ("timerEventDefinition",),
    unreachable_node.check: (),
    unsupported.check: (*LISTENERS, "parallelMultiple"),
    untied_handler.check: ("isForCompensation",),
    soundness.check: (),
}


def check_document(document: Document) -> Iterator[Problem]:
    """The findings of all rules about the file as a whole."""
    for rule, about in DOCUMENT_RULES.items():
        if not about or not document.words.isdisjoint(about):
            yield from _run(rule, document)


def check_model(model: ProcessModel, words: Set[str]) -> Iterator[Problem]:
    """The findings of all rules about one process. ``words``: of the file that it comes from."""
    for rule, about in MODEL_RULES.items():
        if not about or not words.isdisjoint(about):
            yield from _run(rule, model)


def _run(rule: Callable[[T], Iterable[Problem]], subject: T) -> list[Problem]:
    """A rule that crashes is reported like a finding: it must not hide what the others find."""
    try:
        return list(rule(subject))
    except MemoryError:
        raise
    except Exception as exc:
        _LOG.exception("rule crashed", extra={"rule": rule.__module__})
        return [report_crash(rule.__module__.rpartition(".")[2], exc)]


def report_crash(where: str, exc: Exception) -> Problem:
    """A bug of Baton as a problem: the file is refused with a message."""
    message = f"Expected to be able to check the file, but '{where}' failed with {type(exc).__name__}: a bug in Baton"
    return Problem(rule="internal", severity=Severity.ERROR, message=message)
