"""Whether a record fits a query: what a comparison costs does not grow with the names that the query lists."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from baton.service.core.matching import make_test
from baton.service.core.queries import InstanceQuery
from baton.service.reads import instance_matching

MANY = 1_000


class Name(str):
    """Counts how often names are compared."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        Name.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


@dataclass(frozen=True)
class Header:
    id: str
    definition_key: str
    business_key: str
    tenant_id: str | None = None
    tokens: tuple[tuple[str, int], ...] = ()


NAMES = tuple(Name(f"n{number}") for number in range(MANY))


@pytest.mark.parametrize(
    "query",
    [
        InstanceQuery(ids=NAMES),
        InstanceQuery(business_keys=NAMES),
        InstanceQuery(definition_keys_not=NAMES),
        InstanceQuery(elements=NAMES),
        InstanceQuery(tenant_ids=(None, *NAMES)),
    ],
    ids=("ids", "business keys", "keys that are not meant", "elements", "tenants"),
)
def test_a_record_is_not_compared_with_each_name_of_a_list(query: InstanceQuery) -> None:
    # given
    fits = make_test(query, instance_matching.PREDICATES)
    records = [Header(f"x{number}", "x", f"x{number}", "x", (("x", 1),)) for number in range(100)]
    Name.compared = 0

    # when
    for record in records:
        fits(record)

    # then
    assert len(records) > Name.compared


@pytest.mark.parametrize(("tenant_ids", "fitting"), [((None,), ["a"]), (("t",), ["b"]), ((None, "t"), ["a", "b"])])
def test_none_among_tenants_is_what_belongs_to_no_tenant(
    tenant_ids: tuple[str | None, ...], fitting: list[str]
) -> None:
    fits = make_test(InstanceQuery(tenant_ids=tenant_ids), {})
    records = [Header("a", "k", ""), Header("b", "k", "", "t"), Header("c", "k", "", "u")]
    assert [record.id for record in records if fits(record)] == fitting
