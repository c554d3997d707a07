"""The order in which people take tasks, as one number: the score of a task in the index by urgency. Pure.

A score has 53 bits, the most that a sorted set tells apart. Tasks with a due date come first, by that date and by their
priority in ten bits; those without one by their priority and by when they were created. What differs beyond that (the
moments of creation of two tasks with one due date and priority) has the same score, and its rows say the order.
"""

from __future__ import annotations

from baton.model.records import UserTask

_MOMENT_BITS, _PRIORITY_BITS = 42, 10
_MOMENTS, _RANKS = 1 << _MOMENT_BITS, 1 << _PRIORITY_BITS
"""Milliseconds since the epoch up to the year 2109; priorities from the highest down."""
_HIGHEST = 767
_WITHOUT_DUE = 1 << (_MOMENT_BITS + _PRIORITY_BITS)


def compute_urgency(task: UserTask) -> int:
    """Never the other way round than ``UserTask.urgency``."""
    rank = _HIGHEST - task.priority
    if task.due is None:
        return _WITHOUT_DUE + _join(rank, _RANKS, task.created_at, _MOMENT_BITS)
    return _join(task.due, _MOMENTS, rank, _PRIORITY_BITS)


def _join(first: int, end: int, second: int, bits: int) -> int:
    """Two numbers as one; what the first cannot say makes the second say nothing."""
    if not 0 <= first < end:
        return 0 if first < 0 else (end << bits) - 1
    return (first << bits) + max(0, min(second, (1 << bits) - 1))
