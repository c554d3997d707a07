"""What has happened in an instance, and in which of the processes that it has called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from baton.model.events import EventType
from baton.model.records import InstanceHeader
from baton.service.core.matching import matches_like
from baton.service.core.queries import Between, Happened, PastIncident
from baton.service.reads.history.counts import ENDS
from baton.service.reads.history.projection import HistoryProjection
from baton.service.reads.history.rows import ActivityInstance, RecordHistory

TELLING = frozenset(
    {
        EventType.ELEMENT_ENTERED,
        *ENDS,
        EventType.INCIDENT_OPENED,
        EventType.INCIDENT_RESOLVED,
        EventType.INSTANCE_MIGRATED,
        EventType.TIMER_FIRED,
    }
)
"""The events that tell it."""

Scopes = Mapping[int, ActivityInstance]


def decide_by_header(happened: Happened, header: InstanceHeader) -> bool | None:
    """Whether it has happened, as far as the header tells; None: its history does."""
    for low, high in happened.list_bounds():
        if low is not None and header.ended_at is not None and header.ended_at < low:
            return False
        if high is not None and header.started_at > high:
            return False
    # What is open counts those of called processes too, as the history does.
    return True if happened == Happened(incident=PastIncident()) and header.incidents > 0 else None


def find_places(projection: HistoryProjection, happened: Happened) -> frozenset[int]:
    """Where all of it has happened: 0 is the instance, others are called processes by the numbers of their tokens.

    What has happened in a called process has happened in its callers too.
    """
    scopes = {activity.token: activity for activity in projection.activities}
    acted = [activity for activity in projection.activities if activity.called is None]
    found: list[frozenset[int]] = []
    if (wanted := happened.incident) is not None:
        incidents = [each for each in projection.incidents.values() if _is_incident(projection, wanted, each)]
        own = (next(list_around(scopes, each.token)) for each in incidents)
        found.append(frozenset(own) if wanted.own else _spread(scopes, (each.token for each in incidents)))
    if (elements := happened.executed) is not None:
        left = (each for each in acted if each.ended_at is not None and (each.element, each.body) in elements)
        found.append(_spread(scopes, (each.token for each in left)))
    if (acted_between := happened.acted) is not None:
        there = (each for each in acted if _was_there(each, acted_between))
        found.append(_spread(scopes, (each.token for each in there)))
    if (fired_between := happened.jobs) is not None:
        fired = (each for each in projection.jobs if each.kind == "success" and _is_between(each.at, fired_between))
        found.append(_spread(scopes, (each.token for each in fired)))
    places = frozenset({0, *(number for number, activity in scopes.items() if activity.called is not None)})
    return places.intersection(*found)


def list_around(scopes: Scopes, token: int) -> Iterator[int]:
    """The called processes that a token is in, itself among them, from the innermost out; at last the instance, 0."""
    at = scopes.get(token)
    while at is not None:
        if at.called is not None:
            yield at.token
        at = scopes.get(at.parent)
    yield 0


def _spread(scopes: Scopes, tokens: Iterable[int]) -> frozenset[int]:
    return frozenset(place for token in set(tokens) for place in list_around(scopes, token))


def _is_incident(projection: HistoryProjection, wanted: PastIncident, incident: RecordHistory) -> bool:
    message = incident.data.get("message")
    return (
        (wanted.ids is None or incident.id in wanted.ids)
        and wanted.kind in (None, incident.data.get("kind"))
        and wanted.message in (None, message)
        and (wanted.message_like is None or matches_like(str(message or ""), wanted.message_like))
        and wanted.open in (None, projection.is_open(incident))
    )


def _was_there(activity: ActivityInstance, bounds: Between) -> bool:
    """One that has begun or ended after the first moment, and has begun before the second."""
    low, high = bounds
    last = activity.started_at if activity.ended_at is None else activity.ended_at
    return (low is None or last >= low) and (high is None or activity.started_at <= high)


def _is_between(moment: int, bounds: Between) -> bool:
    low, high = bounds
    return (low is None or moment >= low) and (high is None or moment <= high)
