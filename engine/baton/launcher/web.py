"""The processes of the web: ``python -m baton.loading baton.launcher.web gunicorn OPTIONS…``.

gunicorn's master imports all that they need, once, and they are forked from it.
"""

from __future__ import annotations

import sys
from importlib import import_module

from baton.loading import keep_loaded


def main(*command: str) -> None:
    """Serve until SIGTERM, as the command line of gunicorn says. Does not return."""
    from gevent import monkey

    monkey.patch_all()  # before anything else is imported that waits

    with keep_loaded():
        from gunicorn.app.wsgiapp import WSGIApplication

        for module in ("webserver", "wsgi"):  # the names of which are among the options
            import_module(f"baton.launcher.{module}")

    sys.argv = [*command]
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]").run()
