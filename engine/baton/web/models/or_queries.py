"""``orQueries``: parts of a query of which one filter is enough, and sorting by variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from baton.model.errors import BadRequest
from baton.service import VariableSort
from baton.web.models.base import Query

FiltersT = TypeVar("FiltersT", bound=Query)


def _refuse(value: Any, info: ValidationInfo) -> None:
    if value is not None and value != []:
        reason = "the order is that of the whole list" if info.field_name == "sorting" else "they are not nested"
        raise BadRequest(f"Expected no '{info.field_name}' inside orQueries, since {reason}: write it outside of them")


OutsideOnly: TypeAlias = Annotated[None, PlainValidator(_refuse), WithJsonSchema({"enum": [[], None]})]
"""A field of a query that its orQueries may not have."""


def split(
    filters: FiltersT, modifiers: frozenset[str], lists: frozenset[str], pairs: Sequence[frozenset[str]] = ()
) -> Iterator[FiltersT]:
    """Each filter alone, of which one is enough. ``modifiers`` go with each of them; of ``lists`` each item is one.
    ``pairs`` are one filter together.
    """
    given = {name: value for name in type(filters).model_fields if (value := getattr(filters, name)) is not None}
    with_each = {name: value for name, value in given.items() if name in modifiers}
    for names in dict.fromkeys(next((pair for pair in pairs if name in pair), frozenset({name})) for name in given):
        together = {name: given[name] for name in names & given.keys()}
        name, value = next(iter(together.items()))
        if name in modifiers or value is False:
            continue
        for alone in [{name: [item]} for item in value] if name in lists else [together]:
            yield type(filters).model_construct(None, **{**_leave_empty(filters), **with_each, **alone})


def _leave_empty(filters: Query) -> dict[str, Any]:
    return {name: field.default for name, field in type(filters).model_fields.items()}


class SortParameters(Query):
    """Which variable, and what it is."""

    variable: str
    type: Literal["Boolean", "Date", "Double", "Integer", "Long", "Short", "String"]


SORTED_VARIABLES = {"processVariable": False, "taskVariable": True, "executionVariable": True}
"""Ways to sort by a variable, and whether it is one of the task's own."""


def make_variable_sort(by: str, parameters: SortParameters | None) -> VariableSort:
    """Raises BadRequest without parameters."""
    if parameters is None:
        raise BadRequest(f"Expected parameters with 'variable' and 'type' for sorting by {by}, but found none")
    return VariableSort(name=parameters.variable, kind=parameters.type, local=SORTED_VARIABLES[by])
