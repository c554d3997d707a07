"""Says which process answers; what ``test_spread.py`` serves."""

from __future__ import annotations

import os

from flask import Flask


def make_app() -> Flask:
    """With what a process of the web has loaded before it takes connections."""
    import baton.web  # noqa: F401  # only now: gevent must have patched before

    app = Flask(__name__)
    app.add_url_rule("/", "pid", lambda: str(os.getpid()))
    return app
