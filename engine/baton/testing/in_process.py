"""A Baton in this process: an engine on an embedded Valkey, called through its HTTP interface without a socket."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from baton.expression.scripts import SandboxScriptRunner
from baton.model.times import Millis
from baton.service import Engine, Settings, assemble
from baton.store.server import start_server
from baton.testing.readings import RememberedReadings
from baton.web import WebSettings, create_app

URL = "http://baton.test"


class InProcess:
    """What all tests of a run share: the store's server, the application, what runs scripts."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="baton-"))
        self._server = start_server(self._folder, self._folder / "s", fsync="no")
        self._scripts = SandboxScriptRunner()
        self._current = _Current()
        self._readings = RememberedReadings(self._current)
        # Making the application takes longer than many a test, so it is made once, for whichever engine is current.
        self._app = create_app(cast("Engine", self._current), WebSettings(hosts=None))

    def begin(self, read_time: Callable[[], Millis]) -> Engine:
        """An engine for one test, on an empty store."""
        self._server.clear()
        settings = Settings(redis_url=self._server.url, partitions=4, alone=True, clock=read_time)
        self._current.engine = assemble(
            settings, scripts=self._scripts, offload=self._readings.run_work, compute=self._readings
        )
        return self._current.engine

    def make_session(self) -> requests.Session:
        """A session whose requests to ``URL`` are answered here."""
        session = requests.Session()
        session.trust_env = False
        session.mount(URL, _AppAdapter(self._app))
        return session

    def close(self) -> None:
        self._scripts.close()
        self._server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


class _Current:
    """Passes everything on to the engine of the current test."""

    engine: Engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)


class _AppAdapter(BaseAdapter):
    """Answers requests by calling a WSGI application."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self._app = app

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        del args, more
        builder = EnvironBuilder.from_environ(
            EnvironBuilder(path=request.path_url, base_url=URL, method=request.method or "GET").get_environ(),
            headers=dict(request.headers),
            input_stream=BytesIO(_read_body(request)),
        )
        body, status, headers = run_wsgi_app(self._app, builder.get_environ(), buffered=True)
        response = requests.Response()
        response.status_code = int(status.split()[0])
        response.headers = CaseInsensitiveDict(headers.items())
        response.encoding = get_encoding_from_headers(response.headers)
        response.raw = BytesIO(b"".join(body))
        response.url, response.request = request.url or URL, request
        return response

    def close(self) -> None:
        pass


def _read_body(request: requests.PreparedRequest) -> bytes:
    body = request.body or b""
    return body.encode() if isinstance(body, str) else cast("bytes", body)
