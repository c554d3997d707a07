"""The command ``baton-worker``: ``baton worker`` where only the SDK is installed."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from baton import __version__
from baton.worker.loading import CannotLoad, make_runner
from baton.worker.rest import find_url, normalize_url

WRONG_WORKERS = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Work until Ctrl-C or SIGTERM. Exit code 1 for modules that cannot be loaded, 2 for a wrong command line."""
    parser = make_parser()
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        runner = make_runner(given.modules, normalize_url(given.url), given.worker_id)
    except ValueError as error:
        parser.error(str(error))
    except CannotLoad as error:
        print(f"Error: {error}", file=sys.stderr)
        return WRONG_WORKERS
    _call_on_stop(runner.request_stop)
    print(f"{runner.worker_id} serves {', '.join(runner.topics)}", file=sys.stderr, flush=True)
    runner.run(given.grace)
    return 0


def _call_on_stop(stop: Callable[[], None]) -> None:
    def handle(_signum: int, _frame: FrameType | None) -> None:
        stop()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, handle)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="baton-worker",
        description="Do external tasks with the @worker functions of Python modules (names or .py files).",
        epilog="Example: baton-worker payments shipping.py --url http://baton.example:8080",
    )
    parser.add_argument("modules", nargs="+", metavar="MODULE[:NAME]")
    parser.add_argument("--url", default=find_url(), help="where Baton is (BATON_URL)")
    parser.add_argument("--worker-id", help="this worker's name in the engine; made of host and process if left out")
    parser.add_argument("--grace", type=float, default=30.0, help="seconds that running tasks get to finish on SIGTERM")
    parser.add_argument("--version", action="version", version=__version__)
    return parser


if __name__ == "__main__":
    sys.exit(main())
