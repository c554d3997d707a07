"""gunicorn as Baton runs it: lines through Baton's logging, and a stop that waits for requests but not for streams."""

from __future__ import annotations

import os
import time
from types import FrameType
from typing import Any

import gevent
from gunicorn.glogging import Logger as GunicornLogger
from gunicorn.workers.ggevent import GeventWorker

from baton import logs


class Logger(GunicornLogger):
    """Sends gunicorn's own lines through Baton's logging."""

    def setup(self, cfg: Any) -> None:
        logs.set_up("web")
        self.error_log.propagate = True
        self.access_log.propagate = False
        self.error_log.setLevel(cfg.loglevel.upper())


class Worker(GeventWorker):
    """On SIGTERM: end long polls and streams, finish the requests being answered, leave.

    The library's own worker waits in steps of a second and counts idle keep-alive connections as work.
    """

    busy = 0

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> Any:
        self.busy += 1
        try:
            return super().handle_request(listener_name, req, sock, addr)
        finally:
            self.busy -= 1

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        gevent.spawn(self._drain)

    def _drain(self) -> None:
        from baton.web.long_poll import stopping  # only now: gevent must have patched before the web is imported

        stopping.set()
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while self.busy and time.monotonic() < deadline:
            gevent.sleep(0.02)
        os._exit(0)
