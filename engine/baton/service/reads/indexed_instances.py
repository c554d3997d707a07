"""Instances that an index of variables finds, with all called processes beside them, which are in none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from baton.model.records import InstanceHeader
from baton.service.core.queries import InstanceQuery
from baton.service.reads.instance_plan import FEW, NEWEST, OLDEST, InstancePlanner, Plan
from baton.store.scanning import Span
from baton.store.variable_index import VariableIndex


def find_by_variables(index: VariableIndex, query: InstanceQuery) -> list[str] | None:
    """Ids of the instances among which all are that have the variables asked for; None where no index has few."""
    found = (
        index.find(wanted.name, wanted.value, FEW)
        for wanted in query.variables
        if wanted.operator == "eq" and not wanted.fold_name and not wanted.fold_value
    )
    return next((ids for ids in found if ids is not None), None)


def plan_found(planner: InstancePlanner, query: InstanceQuery, found: Sequence[InstanceHeader]) -> Plan | None:
    """In one order with the called processes that a query asks for; None where no index has the order."""
    if query.sort not in ((), NEWEST, OLDEST):
        return None
    plan, descending = planner.make_called(query), query.sort == NEWEST
    by_start = bool(query.sort) or query.started_before is not None or query.started_after is not None
    scored = [(item.started_at if by_start else item.ended_at or item.started_at, item.id) for item in found]
    return replace(
        plan,
        spans=plan.spans or (Span((), descending),),
        rest=replace(query, called=False, first=0, limit=None, sort=()),
        found=tuple(sorted(scored, reverse=descending)),
    )
