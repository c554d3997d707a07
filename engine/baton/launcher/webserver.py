"""gunicorn as Baton runs it: lines through Baton's logging, and a stop that waits for requests but not for streams."""

from __future__ import annotations

import mmap
import os
import socket
import ssl
import time
from functools import cached_property, partial
from types import FrameType
from typing import TYPE_CHECKING, Any, ClassVar

import gevent
from gunicorn import util
from gunicorn.glogging import Logger as GunicornLogger
from gunicorn.http.body import LengthReader
from gunicorn.workers.ggevent import GeventWorker

from baton import logs
from baton.launcher.http.bodies import CheckedReader, discard_body, is_read
from baton.launcher.http.connections import GONE, BrokenAnswer, Connections
from baton.launcher.http.sharing import Shares, SharingServer
from baton.launcher.http.sockets import HeldHeaders, TimedSocket
from baton.launcher.tls import complete_handshake

if TYPE_CHECKING:
    from baton.launcher.http.kept_streams import KeptStreams

MOST_PROCESSES = 1024
START_SECONDS = 30.0


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

    started: ClassVar[mmap.mmap] = mmap.mmap(-1, MOST_PROCESSES)
    """A byte for each process, set once it has loaded: made in gunicorn's master, so that all of them share it."""
    shares: ClassVar[Shares] = Shares()
    """Made there too."""
    connected = 0
    """Connections that are open."""
    busy = 0
    """Requests that gunicorn's own code is answering."""
    wsgi: Any = None
    """The application; None until it is loaded, which a signal may come before."""

    @cached_property
    def request_seconds(self) -> float:
        from baton.web import WebSettings  # only now: gevent must have patched before the web is imported

        return WebSettings.from_environment().request_seconds

    def run(self) -> None:
        if self.cfg.workers > 1:
            self.server_class: Any = self._make_server
        self.wait_for_others(START_SECONDS)
        super().run()

    def _make_server(self, listener: Any, *, spawn: Any, application: Any, log: Any, environ: Any, **more: Any) -> Any:
        """Called by the library, with what its own servers of WSGI take."""
        del application, log, environ, more["handler_class"]
        handle = partial(self.handle, listener)
        leaves = partial(self._has_more, self.shares)
        return SharingServer(listener, handle=handle, spawn=spawn, leaves=leaves, **more)

    def _has_more(self, shares: Shares) -> bool:
        return shares.has_more(self.age, time.monotonic())

    def _note_connections(self, change: int) -> None:
        self.connected += change
        self.shares.note(self.age, self.connected, time.monotonic())

    def wait_for_others(self, seconds: float) -> None:
        """Until as many processes as there are to be have loaded, or the time is over.

        Else the first one that has loaded would get all clients that connect meanwhile, and keep them.
        """
        self.started[(self.age - 1) % MOST_PROCESSES] = 1
        deadline = time.monotonic() + seconds
        while self.started[:].count(1) < self.cfg.workers and self.alive and time.monotonic() < deadline:
            self.notify()
            gevent.sleep(0.02)

    @cached_property
    def connections(self) -> Connections:
        kept = self.kept_streams
        return Connections(self.wsgi, self.cfg, None if kept is None else kept.handing.offer)

    @cached_property
    def kept_streams(self) -> KeptStreams | None:
        """None where none are handed over."""
        from baton.launcher.http.kept_streams import KeptStreams  # it imports the web

        server = self.wsgi.extensions.get("baton")  # another application has no streams
        if server is None or server.settings.streams_socket is None:
            return None
        return KeptStreams(server.open_requests, server.settings.streams_kept, server.settings.streams_socket)

    def notify(self) -> None:
        """Called once a second."""
        super().notify()
        self._note_connections(0)
        if self.wsgi is not None:
            self.connections.end_resting(time.monotonic())
            if self.kept_streams is not None:
                self.kept_streams.move()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve a connection: plain requests in few steps; from the first that is not plain on, as gunicorn does."""
        self._note_connections(1)
        try:
            self._serve(listener, client, addr)
        finally:
            self._note_connections(-1)

    def _serve(self, listener: Any, client: Any, addr: Any) -> None:
        if isinstance(client, ssl.SSLSocket) and not complete_handshake(client, self.request_seconds):
            return
        client.setblocking(True)
        timed: Any = TimedSocket(client, self.request_seconds)
        if listener.family != socket.AF_UNIX and self._serve_plain(listener, timed, addr):
            util.close(client)
        else:
            super().handle(listener, timed, addr)

    def _serve_plain(self, listener: Any, sock: Any, addr: Any) -> bool:
        """Whether the connection has ended."""
        try:
            return self.connections.serve(sock, listener.getsockname(), addr)
        except GONE as error:
            self.log.debug("The client has gone: %s", error)
        except BrokenAnswer as error:
            self.log.exception("An answer ended in the middle: %s", error.__cause__)
        except Exception as error:
            self.handle_error(None, sock, addr, error)
        return True

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> Any:
        self.busy += 1
        sock.expect_body()
        if not isinstance(req.body.reader, LengthReader):
            req.body.reader = CheckedReader(req.body.reader)
        held: Any = HeldHeaders(sock)
        try:
            goes_on = super().handle_request(listener_name, req, held, addr)
        finally:  # also when the library says by an exception that the connection is to be closed
            self.busy -= 1
            held.flush()
        if req.body.failed:
            raise StopIteration  # nobody knows where the next request begins
        if not is_read(req.body):
            try:
                gevent.with_timeout(self.cfg.keepalive, discard_body, req.body, timeout_value=None)
            except TimeoutError:
                raise StopIteration from None  # the library's way to close the connection
        sock.expect_request()
        return goes_on

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self.wsgi is not None:
            self.connections.is_stopping = True
        gevent.spawn(self._drain)

    def _drain(self) -> None:
        server = None if self.wsgi is None else self.wsgi.extensions["baton"]
        if server is not None:
            server.open_requests.stop()
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while self._count_busy() and time.monotonic() < deadline:
            gevent.sleep(0.02)
        if server is not None:
            server.engine.compute.close()
        os._exit(0)

    def _count_busy(self) -> int:
        return self.busy + (0 if self.wsgi is None else self.connections.busy)
