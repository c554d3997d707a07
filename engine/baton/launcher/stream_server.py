"""Answers the requests of connections that web processes have handed over: with the same application, one for each."""

from __future__ import annotations

import os
import signal
import socket
import time
from typing import Any

import gevent
import structlog
from gevent.event import Event
from gunicorn.config import Config

from baton.launcher.http.connections import GONE, BrokenAnswer, Connections
from baton.launcher.http.handing import receive_connection
from baton.launcher.http.sockets import TimedSocket
from baton.launcher.processes import GRACE
from baton.launcher.wsgi import make_app
from baton.web import OpenApart, WebSettings

log = structlog.get_logger("baton.streams")
REST_PER_LISTENER_S = 0.000_02
"""Nobody waits here for anything else: streams may take half of a core before frames become rarer."""


class StreamServer:
    """``place``: its number among processes of this kind; ``fileno``: of the listener that web processes connect to."""

    def __init__(self, place: int, fileno: int) -> None:
        self._place = place
        self._app = make_app(computes=False)
        server = self._app.extensions["baton"]
        self._engine, self._opened, settings = server.engine, server.open_requests, server.settings
        self._engine.live.rest_per_listener_s = REST_PER_LISTENER_S
        self._seconds = settings.request_seconds
        self._connections = Connections(self._app, read_gunicorn_config(), closes=True)
        self._listener = socket.socket(fileno=fileno)
        self._apart = _find_apart(settings)
        self._stopping = Event()

    def run(self) -> None:
        """Until SIGTERM, and then until all streams have ended, or the grace is over. Does not return."""
        gevent.signal_handler(signal.SIGTERM, self._stopping.set)
        gevent.spawn(self._accept)
        while not self._stopping.wait(1):
            if self._apart is not None:
                self._apart.note(self._place, self._opened.streams.used)
        self._opened.stop()
        deadline = time.monotonic() + GRACE
        while self._connections.busy and time.monotonic() < deadline:
            gevent.sleep(0.02)
        os._exit(0)

    def _accept(self) -> None:
        while True:
            try:
                way, _ = self._listener.accept()
            except OSError as error:
                log.error("no stream can be taken over", action="stream.refused", reason=str(error))
                gevent.sleep(1)
                continue
            if self._stopping.is_set():
                way.close()  # its sender keeps what it has
            else:
                gevent.spawn(self._serve, way)

    def _serve(self, way: socket.socket) -> None:
        with way:
            way.settimeout(self._seconds)
            found = receive_connection(way)
        if found is None:
            return
        client, received = found
        with client:
            client.setblocking(True)
            timed: Any = TimedSocket(client, self._seconds)
            timed.give_back(received)
            try:
                self._connections.serve(timed, client.getsockname(), client.getpeername())
            except GONE as error:
                log.debug("the client has gone", action="stream.gone", reason=str(error))
            except BrokenAnswer as error:
                log.error("a stream ended in the middle", action="stream.broken", exc_info=error.__cause__)


def _find_apart(settings: WebSettings) -> OpenApart | None:
    return None if settings.streams_socket is None else OpenApart(settings.streams_socket)


def read_gunicorn_config() -> Any:
    """What web processes go by where gunicorn reads its own variables, such as which proxies are believed."""
    config: Any = Config()
    given: Any = config.parser().parse_args(config.get_cmd_args_from_env())
    for name in config.settings:
        if (value := getattr(given, name, None)) is not None:
            config.set(name, value)
    return config
