"""The designer: files that Vite built, served by WhiteNoise, and the page itself for every address of its router."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from flask import Flask, Response
from whitenoise import WhiteNoise

HASHED = re.compile(r"/assets/[^/]+[.-][\w-]{8,}\.\w+$")
"""Files whose name changes with their content."""
NOT_PAGES = frozenset({"engine-rest", "openapi", "healthz", "readyz", "metrics", "assets"})
INDEX = "/index.html"
NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Baton</title></head>
<body>
<h1>The designer is not built</h1>
<p>The engine runs; its HTTP API is at <a href="/openapi">/openapi</a>.</p>
<p>To build the designer: <code>make designer</code>, or <code>make run</code>, which does it first.
It needs Node 20 or newer.</p>
</body>
</html>
"""
READING = frozenset({"GET", "HEAD"})
Environ = dict[str, Any]


class StaticFiles(WhiteNoise):
    """WhiteNoise around the application, out of the way of the API; every address that is not the server's is the page.

    No route of the application is behind it, so that what there is not is not found, whatever the method. What is
    built anew is served from then on, without a restart: each request looks when the files of the page have changed.
    """

    def __init__(self, application: Any, folders: dict[str, Path]) -> None:
        """``folders``: by their addresses; the page is in the first."""
        super().__init__(application, max_age=None, allow_all_origins=False, add_headers_function=_add_cache_rules)
        self._folders = folders
        page = next(iter(folders.values()))
        self._watched = (page, page / "assets", page / INDEX.lstrip("/"))
        self._changed_at: list[int] = []

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith("/engine-rest"):
            return self.application(environ, start_response)
        self._refresh()
        if path in self.files or environ["REQUEST_METHOD"] not in READING or _is_of_the_server(path.lstrip("/")):
            return super().__call__(environ, start_response)
        page = self.files.get(INDEX)
        if page is None:
            return Response(NOT_BUILT, 200, mimetype="text/html")(environ, start_response)
        return self.serve(page, environ, start_response)

    def _refresh(self) -> None:
        changed_at = [_read_change(path) for path in self._watched]
        if changed_at == self._changed_at:
            return
        self._changed_at, self.files = changed_at, {}
        for prefix, folder in self._folders.items():
            if folder.is_dir():
                self.add_files(folder, prefix)


def install(app: Flask, folders: dict[str, Path]) -> None:
    """Serve the folders, by the address of each; the page is that of the first."""
    app.wsgi_app = StaticFiles(app.wsgi_app, folders)  # type: ignore[method-assign]


def _read_change(path: Path) -> int:
    """When it changed last; of a folder, when a file was put there or taken away. 0: there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _is_of_the_server(path: str) -> bool:
    """Addresses where a page would hide a mistake: the API's, and files (ids deeper down may have dots as well)."""
    first, *deeper = path.split("/")
    return first in NOT_PAGES or ".." in deeper or "." in (first if not deeper else first[:1])


def _add_cache_rules(headers: Headers, _path: str, url: str) -> None:
    hashed = HASHED.search(url) is not None
    headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    headers["Vary"] = "Accept-Encoding"
