"""What each gunicorn worker serves."""

from __future__ import annotations

from flask import Flask

from baton.service import assemble
from baton.web import create_app


def app() -> Flask:
    """Build the engine and the web on it; called in each worker process, after gevent has patched."""
    return create_app(assemble())
