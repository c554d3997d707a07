"""All that a caller may read of ended instances, page by page: the memory is the same however many there are."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias, cast
from urllib.parse import quote

from baton.cli.export_tables import parse_moment
from baton.model.times import Millis, from_datetime, to_datetime
from baton.worker import EngineRefused, Rest

Json: TypeAlias = dict[str, Any]

ENDED = "completed,terminated,cancelled,compensated"
PAGE = 5_000
"""Rows and events of one request."""
_INSTANCES = 50
"""Instances of one page, whose variables are held together."""
_PATIENCE = 120.0
"""Seconds that a request is repeated while Baton is restarted, or has too much to do."""
_MISSING = 404


class EndedReader:
    """Reads those that a caller may see, the first that ended first."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._definitions: dict[str, Json] = {}

    def find_last_end(self, filters: Mapping[str, str]) -> Millis | None:
        """When the last of them has ended; None without any."""
        query = {**filters, "state": ENDED, "sortBy": "endedAt", "sortOrder": "desc", "maxResults": "1"}
        found, place = self._ask_for_page("/process-instance/overview", query)
        while not found and place is not None:
            found, place = self._ask_for_page("/process-instance/overview", {**query, "continueFrom": place})
        return _get_end(found[0]) if found else None

    def iterate_pages(self, filters: Mapping[str, str], first: Millis, last: Millis) -> Iterator[list[Json]]:
        """Headers of those that ended from one moment to another, both included, each once.

        The next page begins at the moment where the one before has ended, not at a number: one that is deleted
        meanwhile moves no other.
        """
        place: str | None = None
        number, seen = 0, set[str]()
        while True:
            span = {"endedAfter": _show(first - 1), "endedBefore": _show(last + 1)}
            query = {**filters, "state": ENDED, **span, "sortBy": "endedAt", "sortOrder": "asc"}
            found, next_place = self._ask_for_page(
                "/process-instance/overview", {**query, **_make_page(number, _INSTANCES, place)}
            )
            page = [header for header in found if header["id"] not in seen]
            if page:
                yield page
            if next_place is not None:
                place = next_place  # no index has these filters: parts of their own order, none of them twice
            elif len(found) < _INSTANCES:
                return
            elif place is not None or _get_end(found[-1]) == first:
                number += _INSTANCES
                seen.update(header["id"] for header in found if place is None)
            else:
                first, number = _get_end(found[-1]), 0
                seen = {header["id"] for header in found if _get_end(header) == first}

    def iterate_events(self, header: Json) -> Iterator[Json]:
        """Its events, with what names the instance in each. Raises EngineRefused with 404 when it was deleted."""
        named = {"instanceId": header["id"], "definitionKey": header["definitionKey"], "tenantId": header["tenantId"]}
        path = f"/process-instance/{quote(header['id'], safe='')}/history"
        for begin in range(1, header["position"] + 1, PAGE):
            for event in self._ask(path, {"from": str(begin), "to": str(begin + PAGE - 1)}):
                yield {**named, **event}

    def iterate_activities(self, instance_ids: Sequence[str]) -> Iterator[Json]:
        named = {"processInstanceIdIn": ",".join(instance_ids)}
        return self._iterate_rows("/history/activity-instance", named) if instance_ids else iter(())

    def read_variables(self, instance_ids: Sequence[str]) -> dict[str, Json]:
        """The last values of the instances' own variables, plain, by instance."""
        found: dict[str, Json] = {id_: {} for id_ in instance_ids}
        if instance_ids:
            for row in self._iterate_rows("/history/variable-instance", {"processInstanceIdIn": ",".join(found)}):
                if row["executionId"] == row["processInstanceId"]:
                    found[row["processInstanceId"]][row["name"]] = _get_plain(row)
        return found

    def find_definition(self, definition_id: str) -> Json:
        """Version and name; null in both for one that was deleted."""
        found = self._definitions.get(definition_id)
        if found is None:
            found = self._definitions[definition_id] = self._ask_for_definition(definition_id)
        return found

    def _ask_for_definition(self, definition_id: str) -> Json:
        try:
            definition = self._ask(f"/process-definition/{quote(definition_id, safe='')}", {})
        except EngineRefused as error:
            if not is_gone(error):
                raise
            return {"definitionVersion": None, "definitionName": None}
        return {"definitionVersion": definition["version"], "definitionName": definition["name"]}

    def _iterate_rows(self, path: str, filters: Mapping[str, str]) -> Iterator[Json]:
        place: str | None = None
        number = 0
        while True:
            found, next_place = self._ask_for_page(path, {**filters, **_make_page(number, PAGE, place)})
            yield from found
            if next_place is None and len(found) < PAGE:
                return
            place, number = (place, number + PAGE) if next_place is None else (next_place, number)

    def _ask_for_page(self, path: str, query: Mapping[str, str]) -> tuple[list[Json], str | None]:
        """What was found, and where the search goes on if it has not seen all."""
        places: list[str] = []
        return cast("list[Json]", self._ask(path, query, places)), places[-1] if places else None

    def _ask(self, path: str, query: Mapping[str, str], places: list[str] | None = None) -> Any:
        give_up = time.monotonic() + _PATIENCE
        taken = [] if places is None else places
        return self._rest.request_surely(
            "GET", path, give_up=lambda: time.monotonic() > give_up, params=query, on_part=taken.append
        )


def is_gone(error: EngineRefused) -> bool:
    """Whether it was deleted meanwhile."""
    return error.status == _MISSING


def _make_page(number: int, size: int, place: str | None) -> dict[str, str]:
    page = {"firstResult": str(number), "maxResults": str(size)}
    return page if place is None else {**page, "continueFrom": place}


def _get_end(header: Json) -> Millis:
    return from_datetime(cast("datetime", parse_moment(header["endedAt"])))


def _show(moment: Millis) -> str:
    return to_datetime(moment).isoformat(timespec="milliseconds")


def _get_plain(row: Json) -> Any:
    """Of a file its name and type: its bytes are not exported."""
    return row["valueInfo"] if row["type"] == "File" else row["value"]
