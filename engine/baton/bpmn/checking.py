"""All rules, in two tables: those about the file (``Document``) and those about a `ProcessModel`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from baton.bpmn import soundness
from baton.bpmn.document import Document
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
    external_topic,
    flow_across_scopes,
    flow_lists,
    foreign_element,
    gateway_direction,
    gateway_without_flows,
    hidden_compensation,
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
    no_effect,
    no_executable_process,
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

DOCUMENT_RULES: tuple[DocumentRule, ...] = (
    binding_data.check,
    call_data.check,
    called_process.check,
    collection_type.check,
    correlation.check,
    dangling_reference.check,
    data_association.check,
    data_sets.check,
    duplicate_id.check,
    empty_expression.check,
    event_data.check,
    event_definition_reference.check,
    expression_language.check,
    flow_across_scopes.check,
    flow_lists.check,
    foreign_element.check,
    gateway_direction.check,
    immediate_flow.check,
    incomplete_mapping.check,
    java_code.check,
    listener_place.check,
    loop_data.check,
    message_flow.check,
    misplaced_attribute.check,
    misplaced_element.check,
    missing_attribute.check,
    missing_element.check,
    missing_id.check,
    no_effect.check,
    no_executable_process.check,
    operation_data.check,
    process_settings.check,
    resource_role.check,
    script_resource.check,
    timeout_syntax.check,
    timer_definition.check,
    too_many_elements.check,
    unknown_attribute.check,
    unknown_element.check,
    unknown_extension.check,
    unnamed_message.check,
    wrong_namespace.check,
    wrong_reference.check,
    wrong_value.check,
)
MODEL_RULES: tuple[ModelRule, ...] = (
    bean_call.check,
    boundary_flows.check,
    boundary_host.check,
    cancel_event.check,
    changing_condition.check,
    choice_without_condition.check,
    compensation_handler.check,
    compensation_reference.check,
    compensation_subprocess.check,
    condition_placement.check,
    constant_condition.check,
    constant_syntax.check,
    dead_end.check,
    default_flow.check,
    duplicate_catcher.check,
    empty_process.check,
    end_with_outgoing.check,
    end_without_start.check,
    event_gateway.check,
    event_placement.check,
    event_subprocess_flows.check,
    expression_syntax.check,
    external_topic.check,
    gateway_without_flows.check,
    hidden_compensation.check,
    idle_compensation.check,
    incomplete_event.check,
    instantiating_node.check,
    intermediate_flows.check,
    join_listener.check,
    link_pairs.check,
    lonely_condition.check,
    loop_definition.check,
    mapping_place.check,
    missing_undo.check,
    nothing_to_do.check,
    quantities.check,
    retry_syntax.check,
    script_language.check,
    script_syntax.check,
    start_expression.check,
    start_with_incoming.check,
    subprocess_start.check,
    timer_syntax.check,
    unreachable_node.check,
    unsupported.check,
    untied_handler.check,
    soundness.check,
)


def check_document(document: Document) -> Iterator[Problem]:
    """The findings of all rules about the file as a whole."""
    for rule in DOCUMENT_RULES:
        yield from _run(rule, document)


def check_model(model: ProcessModel) -> Iterator[Problem]:
    """The findings of all rules about one process."""
    for rule in MODEL_RULES:
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
    """An error of ours, as a problem: the file is refused, and says why."""
    message = f"Expected to be able to check the file, but '{where}' failed with {type(exc).__name__}: a bug in Baton"
    return Problem(rule="internal", severity=Severity.ERROR, message=message)
