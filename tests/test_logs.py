"""A line about an instance can be found by its id and by its business key, whichever library wrote it."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from baton import logs
from baton.log_settings import LogSettings
logs.set_up("test", LogSettings(log="json", log_level="info"))
structlog.get_logger("baton.agenda").warning("turn lost", action="turn.fenced", instance="i-07")
logging.getLogger("baton.worker").warning("refused %s", 404, extra={"instance_id": "i-07", "correlation_id": "A-1"})
logging.getLogger("baton.worker").debug("not shown")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("other").exception("failed")
"""


def test_every_line_is_one_json_object_with_the_ids() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["turn lost", "refused 404", "failed"]
    assert (lines[0]["instance_id"], lines[0]["correlation_id"], lines[0]["action"]) == ("i-07", "i-07", "turn.fenced")
    assert (lines[1]["instance_id"], lines[1]["correlation_id"]) == ("i-07", "A-1")
    assert "ZeroDivisionError" in lines[2]["exception"]
    assert all(line["process"] == "test" and line["timestamp"].endswith("Z") for line in lines)
