"""The rules: one per file, all in two tables. A rule looks at the file (``Document``) or at a `ProcessModel`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from baton.bpmn.document import Document
from baton.bpmn.rules import (
    boundary_flows,
    boundary_host,
    cancel_event,
    choice_without_condition,
    compensation_handler,
    compensation_reference,
    compensation_subprocess,
    condition_placement,
    dangling_reference,
    dead_end,
    default_flow,
    duplicate_id,
    end_with_outgoing,
    event_gateway,
    event_placement,
    event_subprocess_flows,
    expression_syntax,
    flow_across_scopes,
    flow_lists,
    gateway_direction,
    gateway_without_flows,
    idle_compensation,
    incomplete_event,
    link_pairs,
    misplaced_attribute,
    misplaced_element,
    missing_attribute,
    missing_element,
    missing_id,
    no_executable_process,
    start_with_incoming,
    subprocess_start,
    timer_definition,
    too_many_elements,
    unknown_attribute,
    unknown_element,
    unreachable_node,
    untied_handler,
    wrong_reference,
    wrong_value,
)
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

DocumentRule = Callable[[Document], Iterable[Problem]]
ModelRule = Callable[[ProcessModel], Iterable[Problem]]

DOCUMENT_RULES: tuple[DocumentRule, ...] = (
    dangling_reference.check,
    duplicate_id.check,
    flow_lists.check,
    gateway_direction.check,
    misplaced_attribute.check,
    misplaced_element.check,
    missing_attribute.check,
    missing_element.check,
    missing_id.check,
    no_executable_process.check,
    timer_definition.check,
    too_many_elements.check,
    unknown_attribute.check,
    unknown_element.check,
    wrong_reference.check,
    wrong_value.check,
)
MODEL_RULES: tuple[ModelRule, ...] = (
    boundary_flows.check,
    boundary_host.check,
    cancel_event.check,
    choice_without_condition.check,
    compensation_handler.check,
    compensation_reference.check,
    compensation_subprocess.check,
    condition_placement.check,
    dead_end.check,
    default_flow.check,
    end_with_outgoing.check,
    event_gateway.check,
    event_placement.check,
    event_subprocess_flows.check,
    expression_syntax.check,
    flow_across_scopes.check,
    gateway_without_flows.check,
    idle_compensation.check,
    incomplete_event.check,
    link_pairs.check,
    start_with_incoming.check,
    subprocess_start.check,
    unreachable_node.check,
    untied_handler.check,
)


def check_document(document: Document) -> Iterator[Problem]:
    """The findings of all rules about the file as a whole."""
    for rule in DOCUMENT_RULES:
        yield from rule(document)


def check(model: ProcessModel) -> Iterator[Problem]:
    """The findings of all rules about one process."""
    for rule in MODEL_RULES:
        yield from rule(model)
