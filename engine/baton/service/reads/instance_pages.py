"""One page of a list of instances, found by reading no more headers than it takes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from baton.model.records import InstanceHeader
from baton.model.times import Millis
from baton.service.core.pausing import LongWork
from baton.service.core.search import STAGE, Search
from baton.service.reads.instance_plan import Plan
from baton.store.lists import Lists
from baton.store.scanning import Scored, Span

_AT_ONCE = 200
"""Headers that are decoded before others of the process go on."""

Headers = list[InstanceHeader]
Choose = Callable[[Headers, Search | None], Headers]


class InstancePages:
    def __init__(self, lists: Lists, read: Callable[[Sequence[str]], Headers], choose: Choose) -> None:
        """``read``: headers by their ids. ``choose``: those that meet what the plan leaves to the headers, as far as
        the search allows to tell; not asked of a plain one.
        """
        self._lists, self._read, self._choose = lists, read, choose

    def find(self, plan: Plan, first: int, limit: int, search: Search | None = None) -> Headers:
        """The instances from number ``first`` on, at most ``limit``."""
        if plan.is_plain:
            return self._read(self._list_ids(plan.spans, first, limit))
        found: Headers = []
        first -= search.passed if search is not None else 0
        for part in self.iterate(plan, search):
            found += part
            if len(found) >= first + limit:
                break
        else:
            found += self._take_left(plan, search, first + limit - len(found))
        if search is not None:
            search.leave(len(found), first, limit)
        return found[first : first + limit]

    def iterate_whole(self, plan: Plan, search: Search | None = None) -> Iterator[Headers]:
        """As ``iterate``; what an index has found is all in the first answer, wherever its search has to stop."""
        yield from self.iterate(plan, search)
        if left := self._take_left(plan, search):
            yield left

    def _take_left(self, plan: Plan, search: Search | None, room: int | None = None) -> Headers:
        """What an index has found behind the place where a search has stopped; later answers do not have it again.

        None of it where it would fill ``room``: others come before it on a page.
        """
        stopped = search.stopped if search is not None else None
        if search is None or stopped is None or search.stage or not plan.found:
            return []
        last, descending = (stopped.moment, stopped.instance_id), plan.spans[0].descending
        left = [id_ for moment, id_ in plan.found if ((moment, id_) < last if descending else (moment, id_) > last)]
        headers = self._choose(self._read(left), None)
        if room is not None and len(headers) >= room:
            return []
        search.stopped = replace(stopped, order=stopped.order + STAGE)
        return headers

    def count(self, plan: Plan, search: Search | None = None) -> int:
        if plan.is_plain:
            return sum(self._lists.count(span) for span in plan.spans)
        return sum(len(part) for part in self.iterate(plan, search))

    def iterate(self, plan: Plan, search: Search | None = None) -> Iterator[Headers]:
        """All that match, part by part, as far as the search goes."""
        search = search if plan.keyless is None and plan.by_moment else None
        if search is not None and plan.found and search.is_behind(0):
            search.stage, plan = 1, replace(plan, found=())
        at_once = _AT_ONCE if search is None else search.at_once
        work = LongWork()
        for number, span in enumerate(plan.spans):
            for part in self._scan(number, span, search, () if number else plan.found):
                for at in range(0, len(part), at_once):
                    wanted = part[at : at + at_once]
                    taken = wanted if search is None else [item for item in wanted if search.take(number, *item)]
                    headers = self._read([id_ for _, id_ in taken])
                    if span is plan.keyless:
                        headers = [header for header in headers if header.business_key is None]
                    yield headers if plan.is_plain else self._choose(headers, search)
                    if search is not None and search.stopped is not None:
                        return
                    work.end_part()

    def _scan(
        self, number: int, span: Span, search: Search | None, found: Sequence[tuple[Millis, str]]
    ) -> Iterator[Scored]:
        """The members of a span, and what was found beside it, from where the search goes on."""
        begin = None if search is None else search.begin
        if search is None or begin is None or search.get_order(number) > begin.order:
            yield from _merge(self._lists.scan(span), found, descending=span.descending)
        elif search.get_order(number) == begin.order:
            last = (begin.moment, begin.instance_id)
            bound = {"high": begin.moment} if span.descending else {"low": begin.moment}
            for part in _merge(self._lists.scan(replace(span, **bound)), found, descending=span.descending):
                yield [item for item in part if (item < last if span.descending else item > last)]

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


def _merge(parts: Iterable[Scored], found: Sequence[tuple[Millis, str]], *, descending: bool) -> Iterator[Scored]:
    """Parts of one order with what was found besides, which is in this order too."""
    left = deque(found)
    for part in parts:
        before: Scored = []
        while left and part and (left[0] >= part[-1] if descending else left[0] <= part[-1]):
            before.append(left.popleft())
        yield sorted({*part, *before}, reverse=descending) if before else part
    if left:
        yield list(left)
