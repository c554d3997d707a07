"""One page of a list of instances, found by reading no more headers than it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from baton.model.records import InstanceHeader
from baton.service.core.pausing import give_way
from baton.service.reads.instance_plan import Plan
from baton.store.lists import Lists
from baton.store.scanning import Span

_AT_ONCE = 200
"""Headers that are decoded before others of the process go on."""


class InstancePages:
    def __init__(self, lists: Lists, matches: Callable[[InstanceHeader], bool]) -> None:
        """``matches``: what the plan leaves to the headers; not asked of a plain one."""
        self._lists, self._matches = lists, matches

    def find(self, plan: Plan, first: int, limit: int) -> list[InstanceHeader]:
        """The instances from number ``first`` on, at most ``limit``."""
        if plan.is_plain:
            return self._lists.get_headers(self._list_ids(plan.spans, first, limit))
        found: list[InstanceHeader] = []
        for header in self._iterate(plan):
            if len(found) == first + limit:
                break
            if self._matches(header):
                found.append(header)
        return found[first:]

    def count(self, plan: Plan) -> int:
        if plan.is_plain:
            return sum(self._lists.count(span) for span in plan.spans)
        return sum(1 for header in self._iterate(plan) if self._matches(header))

    def _list_ids(self, spans: Sequence[Span], first: int, limit: int) -> list[str]:
        """Spans that are passed over are counted, not read."""
        found: list[str] = []
        for span in spans:
            if first and len(spans) > 1 and (size := self._lists.count(span)) <= first:
                first -= size
                continue
            for part in self._lists.scan(span, first):
                found += [id_ for _, id_ in part]
                if len(found) >= limit:
                    return found[:limit]
            first = 0
        return found

    def _iterate(self, plan: Plan) -> Iterator[InstanceHeader]:
        for span in plan.spans:
            for part in self._lists.scan(span):
                for header in read_headers(self._lists, [id_ for _, id_ in part]):
                    if span is not plan.keyless or header.business_key is None:
                        yield header


def read_headers(lists: Lists, ids: Sequence[str]) -> Iterator[InstanceHeader]:
    """Of many instances, and in between others go on."""
    for at in range(0, len(ids), _AT_ONCE):
        if at:
            give_way()
        yield from lists.get_headers(ids[at : at + _AT_ONCE])
