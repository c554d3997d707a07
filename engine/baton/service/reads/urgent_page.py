"""A page of tasks in the order in which people take them: of an index it reads what is on the page, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from baton.model.records import UserTask
from baton.service.core.matching import has_filters
from baton.service.core.queries import UserTaskQuery
from baton.store.scanning import Scored
from baton.store.urgency import compute_urgency

_AT_LEAST, _AT_MOST = 16, 2_048
"""Rows that are read at once: first as many as the page takes, then more and more."""


def is_by_urgency(query: UserTaskQuery) -> bool:
    """Whether a page of that order is asked for, of tasks that the query does not name one by one."""
    named = (query.ids, query.instance_ids, query.execution_id)
    return (
        query.limit is not None
        and [name for name, _ in query.sort] == ["urgency"]
        and not any(each is not None for each in named)
    )


def take_urgent_page(
    parts: Iterable[Scored],
    read: Callable[[Sequence[str]], Sequence[UserTask]],
    select: Callable[[Sequence[UserTask]], Sequence[UserTask]],
    query: UserTaskQuery,
) -> list[UserTask] | None:
    """``parts``: ids with their urgency, in its order. None: a row has another one, which the index was not told."""
    groups, first = _group(parts), query.first
    if not has_filters(query):
        groups, first = _skip(groups, first)
    (_, descending), last = query.sort[0], first + (query.limit or 0)
    found: list[UserTask] = []
    for chunk in _join(groups, last):
        rows, scores = read([id_ for _, id_ in chunk]), {id_: score for score, id_ in chunk}
        if any(compute_urgency(row) != scores[row.id] for row in rows):
            return None
        oldest_first = sorted(select(rows), key=lambda task: (task.created_at, task.id))
        found += sorted(oldest_first, key=lambda task: task.urgency, reverse=descending)
        if len(found) >= last:
            break
    return found[first:last]


def _group(parts: Iterable[Scored]) -> Iterator[Scored]:
    """The same, those of one score together."""
    group: Scored = []
    for item in chain.from_iterable(parts):
        if group and item[0] != group[0][0]:
            yield group
            group = []
        group.append(item)
    if group:
        yield group


def _skip(groups: Iterator[Scored], first: int) -> tuple[Iterator[Scored], int]:
    """From the group on that has number ``first``, and which number that is from there on."""
    for group in groups:
        if first < len(group):
            return chain([group], groups), first
        first -= len(group)
    return groups, 0


def _join(groups: Iterable[Scored], size: int) -> Iterator[Scored]:
    """Whole groups, as many as are to be read together."""
    chunk: Scored = []
    size = max(_AT_LEAST, min(size, _AT_MOST))
    for group in groups:
        chunk += group
        if len(chunk) >= size:
            yield chunk
            chunk, size = [], min(2 * size, _AT_MOST)
    if chunk:
        yield chunk
