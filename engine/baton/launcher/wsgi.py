"""What each gunicorn worker serves."""

from __future__ import annotations

import gc

from flask import Flask

from baton.service import assemble
from baton.web import create_app


def app() -> Flask:
    """Build the engine and the web on it; called in each worker process, after gevent has patched."""
    made = create_app(assemble())
    # What is there now stays: looking through all of it took every full collection 40 ms, in the middle of requests.
    gc.collect()
    gc.freeze()
    return made
