"""What each gunicorn worker serves."""

from __future__ import annotations

import os
from typing import Any

from baton.service import Settings, assemble
from baton.web import create_app


def app() -> Any:
    """Build the engine and the web on it; called in each worker process, after gevent has patched."""
    engine = assemble(Settings(redis_url=os.environ["BATON_REDIS_URL"]))
    return create_app(engine)
