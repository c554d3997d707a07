"""A process that live streams are handed over to: ``python -m baton.launcher.streaming NUMBER LISTENER-FD``."""

from __future__ import annotations

import resource
import sys


def main(number: int, fileno: int) -> None:
    """Serve what comes until SIGTERM."""
    from gevent import monkey

    monkey.patch_all()  # before anything else is imported that waits

    from baton import logs
    from baton.launcher.stream_server import StreamServer

    logs.set_up(f"streams-{number}")
    _allow_many_files()
    StreamServer(number, fileno).run()


def _allow_many_files() -> None:
    """A stream is an open file, and few are allowed by default."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = 65_536 if most == resource.RLIM_INFINITY else min(most, 65_536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
