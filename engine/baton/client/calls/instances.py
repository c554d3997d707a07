"""Looking at instances, changing them and undoing what they did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from baton.client.call import Call, drop_none, make_params, read_nothing
from baton.client.calls.definitions import make_variables
from baton.client.shapes import Event, Instance, PlannedUndo, Snapshot
from baton.model.values import Value
from baton.worker.values import to_plain_variables

PAGE = 1_000
"""Events of one request for the history."""
INSTANCES = 250
"""Instances of one page."""
_OF_PAGES = {"firstResult", "maxResults", "continueFrom"}


def get_snapshot(instance_id: str) -> Call[Snapshot]:
    return Call(method="GET", path=f"{locate(instance_id)}/snapshot", read=Snapshot.model_validate)


def list_instances(filters: Mapping[str, Any]) -> Call[list[Instance]]:
    return Call(
        method="GET",
        path="/process-instance/overview",
        params=make_params(filters),
        read=lambda answer: [Instance.model_validate(fields) for fields in answer],
    )


class Walk:
    """Through all instances that match, page by page, and where a search ends on from there."""

    def __init__(self, filters: Mapping[str, Any]) -> None:
        """Raises ValueError for filters that say which page."""
        own = sorted(_OF_PAGES & filters.keys())
        if own:
            raise ValueError(f"Expected filters of instances, but found {', '.join(own)}: all pages are gone through")
        self._filters, self._first, self._place = filters, 0, None
        self._seen: set[str] = set()
        self.is_over = False

    def make_call(self) -> Call[list[Instance]]:
        page = {"firstResult": self._first, "maxResults": INSTANCES, "continueFrom": self._place}
        return list_instances({**self._filters, **page})

    def take(self, page: Sequence[Instance], place: str | None) -> list[Instance]:
        """Those of the answer that are new: what starts meanwhile moves others to later pages."""
        if place is not None:
            self._place = place  # which knows what has been passed over
        elif len(page) == INSTANCES:
            self._first += INSTANCES
        else:
            self.is_over = True
        found = [instance for instance in page if instance.id not in self._seen]
        self._seen.update(instance.id for instance in found)
        return found


def count_instances(filters: Mapping[str, Any]) -> Call[int]:
    return Call(
        method="GET",
        path="/process-instance/overview/count",
        params=make_params(filters),
        read=lambda answer: int(answer["count"]),
    )


def get_history(instance_id: str, after: int) -> Call[list[Event]]:
    """At most ``PAGE`` events behind the position ``after``."""
    return Call(
        method="GET",
        path=f"{locate(instance_id)}/history",
        params=make_params({"from": after + 1, "to": after + PAGE}),
        read=lambda answer: [Event.model_validate(fields) for fields in answer],
    )


def get_variables(instance_id: str) -> Call[dict[str, Value]]:
    return Call(method="GET", path=f"{locate(instance_id)}/variables", read=to_plain_variables)


def set_variables(instance_id: str, variables: object) -> Call[None]:
    body = {"modifications": make_variables(variables)}
    return Call(method="POST", path=f"{locate(instance_id)}/variables", body=body, read=read_nothing)


def plan_undo(instance_id: str, to: str | None) -> Call[list[PlannedUndo]]:
    return Call(
        method="GET",
        path=f"{locate(instance_id)}/compensation-plan",
        params=make_params({"to": to}),
        read=lambda answer: [PlannedUndo.model_validate(fields) for fields in answer],
    )


def roll_back(instance_id: str, to: str) -> Call[None]:
    return Call(method="POST", path=f"{locate(instance_id)}/rollback", body={"to": to}, read=read_nothing)


def cancel(instance_id: str, *, undo: bool, reason: str | None) -> Call[None]:
    body = drop_none({"compensate": undo, "reason": reason})
    return Call(method="POST", path=f"{locate(instance_id)}/cancel", body=body, read=read_nothing)


def suspend(instance_id: str, *, suspended: bool) -> Call[None]:
    path = f"{locate(instance_id)}/suspended"
    return Call(method="PUT", path=path, body={"suspended": suspended}, read=read_nothing)


def locate(instance_id: str) -> str:
    return f"/process-instance/{quote(instance_id, safe='')}"
