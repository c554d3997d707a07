"""The designer: files that Vite built, with the page itself for every address that the browser's router knows."""

from __future__ import annotations

import gzip
import mimetypes
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, request

HASHED = re.compile(r"[.-][\w-]{8,}\.\w+$")
COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/wasm")
NOT_PAGES = frozenset({"engine-rest", "openapi", "healthz", "readyz", "metrics", "assets"})
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


@dataclass(frozen=True, slots=True)
class Asset:
    content: bytes
    zipped: bytes | None
    mimetype: str
    etag: str
    immutable: bool


def install(app: Flask, root: Path) -> None:
    """Serve ``root`` under ``/``; every other address that is not the server's is the page (the browser routes it)."""

    def serve(path: str = "") -> Response:
        found = _find(root, path)
        if found is not None:
            return _answer(_load(found, found.stat().st_mtime_ns))
        if _is_of_the_server(path):
            abort(404, f"Expected an address of this server, but there is nothing at '/{path}'")
        index = _find(root, "index.html")
        if index is None:
            return Response(NOT_BUILT, 200, mimetype="text/html")
        return _answer(_load(index, index.stat().st_mtime_ns))

    app.add_url_rule("/", "static.root", serve)
    app.add_url_rule("/<path:path>", "static.path", serve)


def serve_file(root: Path, path: str) -> Response:
    """One file below ``root``, or 404."""
    found = _find(root, path)
    if found is None:
        abort(404, f"Expected a file of this server, but there is no '{path}'")
    return _answer(_load(found, found.stat().st_mtime_ns))


def _is_of_the_server(path: str) -> bool:
    """Addresses where a page would hide a mistake: the API's, and files (ids deeper down may have dots as well)."""
    first, *deeper = path.split("/")
    return first in NOT_PAGES or ".." in deeper or "." in (first if not deeper else first[:1])


def _find(root: Path, path: str) -> Path | None:
    if not path:
        path = "index.html"
    found = (root / path).resolve()
    return found if found.is_relative_to(root.resolve()) and found.is_file() else None


@lru_cache(maxsize=512)
def _load(path: Path, _changed: int) -> Asset:
    content = path.read_bytes()
    mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".js":
        mimetype = "text/javascript"
    zipped = gzip.compress(content, 9, mtime=0) if mimetype.startswith(COMPRESSED) and len(content) > 512 else None
    immutable = path.name != "index.html" and path.parent.name == "assets" and HASHED.search(path.name) is not None
    return Asset(content, zipped, mimetype, f"{_changed:x}-{len(content):x}", immutable)


def _answer(asset: Asset) -> Response:
    cache = "public, max-age=31536000, immutable" if asset.immutable else "no-cache"
    zipped = asset.zipped is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    content = asset.zipped if zipped and asset.zipped is not None else asset.content
    response = Response(content, mimetype=asset.mimetype)
    response.headers["Cache-Control"] = cache
    response.headers["Vary"] = "Accept-Encoding"
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(asset.etag + ("-gz" if zipped else ""))
    response.make_conditional(request.environ)
    return response
