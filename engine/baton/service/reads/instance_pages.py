"""One page of a list of instances, found by reading no more headers than it takes."""

from __future__ import annotations

from collections.abc import Callable, Collection

from baton.model.records import InstanceHeader, InstanceState
from baton.service.core.queries import InstanceQuery
from baton.store.lists import Lists

NEWEST, LATEST, OLDEST = (("started_at", True),), (("ended_at", True),), (("started_at", False),)


def has_order(query: InstanceQuery, states: Collection[InstanceState]) -> bool:
    """Whether the indexes have the instances in the order that is asked for, or nearly so."""
    if query.sort == LATEST:
        return all(state.is_ended for state in states)
    if query.sort == OLDEST:
        return not any(state.is_ended for state in states)
    return query.sort in ((), NEWEST)


def get_default_order(header: InstanceHeader) -> tuple[int, str]:
    """By start, or by end once it has ended: what an index can tell of all instances."""
    return (header.started_at if header.ended_at is None else header.ended_at, header.id)


class InstancePages:
    """``last``: how many of the instances that match are needed, those of the pages before included."""

    def __init__(
        self,
        lists: Lists,
        definition_ids: tuple[str, ...] | None,
        last: int,
        matches: Callable[[InstanceHeader], bool] | None,
    ) -> None:
        """``matches`` None: all do, and no header has to be read to know it."""
        self._lists, self._definition_ids, self._last, self._matches = lists, definition_ids, last, matches

    def find_in_order(self, states: Collection[InstanceState], first: int, *, descending: bool) -> list[InstanceHeader]:
        """In the order of the indexes."""
        ids: list[str] = []
        found: list[InstanceHeader] = []
        for part in self._lists.scan_instances(states, self._definition_ids, descending=descending):
            ids += [id_ for _, id_ in part]
            if self._matches is not None:
                found += filter(self._matches, self._lists.get_headers(ids))
                ids = []
            if len(ids) + len(found) >= self._last:
                break
        if self._matches is None:
            return self._lists.get_headers(ids[first : self._last])
        return found[first : self._last]

    def find_newest(self, states: Collection[InstanceState], first: int) -> list[InstanceHeader]:
        """By start, the newest first. Whatever ended before the last of them began cannot be among them."""
        running = [state for state in states if not state.is_ended]
        found = self.find_in_order(running, 0, descending=True) if running else []
        ended = [state for state in states if state.is_ended]
        for part in self._lists.scan_instances(ended, self._definition_ids, descending=True) if ended else ():
            headers = self._lists.get_headers([id_ for _, id_ in part])
            found += headers if self._matches is None else filter(self._matches, headers)
            found = sorted(found, key=lambda header: (-header.started_at, header.id))[: self._last]
            if part and len(found) == self._last and found[-1].started_at > part[-1][0]:
                break
        return found[first:]
