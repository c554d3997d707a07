"""gunicorn's configuration and entry: ``gunicorn -c python:baton.web.gunicorn 'baton.web.gunicorn:app()'``.

Every process assembles its own engine after the fork, so that no connection is shared. Settings come from the
environment (``BATON_…``). On a graceful stop, streams and long polls end at once and clients reconnect elsewhere.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

from flask import Flask

from baton.web.long_poll import stopping
from baton.web.settings import WebSettings
from baton.web.stream.sse import open_streams

if TYPE_CHECKING:
    from baton.service import Engine

bind = os.environ.get("BATON_BIND", WebSettings.from_environment({}).bind)
workers = int(os.environ.get("BATON_WEB_PROCESSES", "1"))
worker_class = "baton.web.gevent_worker.Worker"
worker_connections = int(os.environ.get("BATON_MAX_CONNECTIONS", "10000"))
timeout = 60
graceful_timeout = 10
keepalive = 75
preload_app = False
errorlog = "-"
loglevel = os.environ.get("BATON_LOG_LEVEL", "info")
proc_name = "baton-web"

_engines: list[Engine] = []


def app() -> Flask:
    """The application of this process, with an engine of its own."""
    from baton.service import Settings, assemble
    from baton.web.app import create_app

    engine = assemble(Settings.from_environment())
    _engines.append(engine)
    return create_app(engine, WebSettings.from_environment())


def post_worker_init(worker: Any) -> None:
    """On SIGTERM, first tell streams, long polls and idle connections to end; then stop as gunicorn does."""
    import gevent

    def stop(number: int, frame: Any) -> None:
        # In a greenlet: a signal handler must not wait for a lock that the interrupted code may hold.
        gevent.spawn(stop_waiting)
        gevent.spawn(worker.end_idle)
        worker.handle_exit(number, frame)

    signal.signal(signal.SIGTERM, stop)


def stop_waiting() -> None:
    """End what waits: long polls answer with what they have, streams close."""
    stopping.set()
    open_streams.close_all()


def worker_exit(_server: Any, _worker: Any) -> None:
    """Close the engine's connections when the process has served its last request."""
    stop_waiting()
    while _engines:
        _engines.pop().close()
