"""A process that live streams are handed over to.

``python -m baton.loading baton.launcher.streaming NUMBER LISTENER-FD``
"""

from __future__ import annotations

import resource

from baton.loading import keep_loaded


def main(number: str, fileno: str) -> None:
    """Serve what comes until SIGTERM."""
    from gevent import monkey

    monkey.patch_all()  # before anything else is imported that waits

    with keep_loaded():
        from baton import logs
        from baton.launcher.stream_server import StreamServer

    logs.set_up(f"streams-{number}")
    _allow_many_files()
    StreamServer(int(number), int(fileno)).run()


def _allow_many_files() -> None:
    """A stream is an open file, and few are allowed by default."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = 65_536 if most == resource.RLIM_INFINITY else min(most, 65_536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
