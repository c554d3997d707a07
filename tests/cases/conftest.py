"""The API of a real engine on a real server, with a clock that stands until it is moved."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from baton.expression.scripts import LocalScriptRunner
from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from tests.web.conftest import Api

HERE = Path(__file__).parent
BEGIN = datetime(2027, 1, 15, 8, tzinfo=UTC)


class CaseApi(Api):
    """The API, with the files of this folder, typed by what they are, and with the time as an argument."""

    def __init__(self, engine: Engine, now: list[datetime]) -> None:
        super().__init__(create_app(engine, WebSettings(hosts=None)).test_client())
        self._engine, self._now = engine, now

    def deploy_cases(
        self, *names: str, replace: tuple[str, str] = ("", ""), expect: int = 200, **form: str
    ) -> dict[str, Any]:
        """``replace``: a text in the first file and what stands there instead."""
        contents = {name: (HERE / name).read_bytes() for name in names}
        if replace[0]:
            contents[names[0]] = contents[names[0]].replace(replace[0].encode(), replace[1].encode())
        return self.upload({Path(name).name: content for name, content in contents.items()}, expect, **form)

    def upload(self, files: dict[str, bytes], expect: int = 200, **form: str) -> dict[str, Any]:
        named = {name.replace("_", "-"): text for name, text in form.items()}
        data: dict[str, Any] = {"deployment-name": "case", **named}
        for name, content in files.items():
            data[name] = (io.BytesIO(content), name)
        return self.call("POST", "/deployment/create", expect, data=data, content_type="multipart/form-data")

    def check(self, name: str) -> list[dict[str, Any]]:
        """The problems that the check finds in a file."""
        content = (HERE / name).read_bytes()
        found = self.call("POST", "/process-definition/check", 200, data=content, content_type="application/xml")
        return found["problems"] if isinstance(found, dict) else found

    def work(self, topic: str, **variables: Any) -> None:
        """Complete the oldest task of the topic."""
        self.complete(self.fetch(topic, maxTasks=1)[0], **variables)

    def state(self, instance: str) -> str:
        return str(self.get(f"/history/process-instance/{instance}")["state"])

    def visits(self, instance: str, *elements: str) -> list[tuple[str, bool]]:
        """Which of the elements the instance has come to, in order, and whether each visit was cancelled."""
        found = self.get("/history/activity-instance", processInstanceId=instance, sortBy="occurrence", sortOrder="asc")
        return [(item["activityId"], item["canceled"]) for item in found if item["activityId"] in elements]

    def evaluate(self, key: str, name: str, value: Any, **type_: str) -> list[Any]:
        """The first output of each matched rule."""
        body = {"variables": {name: {"value": value, **type_}}}
        rows = self.post(f"/decision-definition/key/{key}/evaluate", body, 200)
        return [next(iter(row.values()))["value"] for row in rows]

    def move_to(self, moment: datetime) -> None:
        """Let the time pass, and what is due happen, until nothing is."""
        self._now[0] = moment
        while self._engine.run_due():
            pass

    def wait(self, **time: float) -> None:
        self.move_to(self._now[0] + timedelta(**time))


@pytest.fixture
def api(valkey: str) -> Iterator[CaseApi]:
    now = [BEGIN]
    settings = Settings(redis_url=valkey, partitions=4, clock=lambda: int(now[0].timestamp() * 1000))
    engine = assemble(settings, scripts=LocalScriptRunner())
    yield CaseApi(engine, now)
    engine.close()
