"""`make dev`: Baton and the designer for those who change them.

Baton restarts whenever a Python file of the engine or of a sample is saved; its data stays. The designer is
served by vite, which shows a change at once and hands requests of the API on to Baton. Ctrl-C ends everything.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchfiles import PythonFilter, run_process

ROOT = Path(__file__).resolve().parents[1]
DESIGNER = ROOT / "designer"
SECONDS_TO_STOP = 30


def main() -> int:
    options = _options()
    # A shell starts what runs in its background with SIGINT ignored, and that is inherited: nothing could stop us then.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with _designer(options.designer_port, options.port):
        run_process(
            *(ROOT / "engine" / "baton", ROOT / "definitions", *options.watch),
            target=f"{sys.executable} -m baton.cli serve --port {options.port} --data {options.data} --logs stderr",
            target_type="command",
            watch_filter=PythonFilter(),
            callback=lambda changes: print(f"Changed: {_names(changes)}. Restarting Baton …", flush=True),
            sigint_timeout=SECONDS_TO_STOP,
        )
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=8080, help="where Baton answers")
    parser.add_argument("--designer-port", type=int, default=5173, help="where the designer is to be opened")
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    parser.add_argument("--watch", type=Path, action="append", default=[], help="one more folder to watch")
    return parser.parse_args()


@contextmanager
def _designer(port: int, backend: int) -> Iterator[None]:
    """vite while the block runs; it sees a Ctrl-C by itself, and is ended here in any case."""
    vite = subprocess.Popen(
        [DESIGNER / "node_modules" / ".bin" / "vite", "--port", str(port), "--strictPort", "--host", "127.0.0.1"],
        cwd=DESIGNER,
        env={**os.environ, "BATON_URL": f"http://127.0.0.1:{backend}"},
        stdin=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        vite.terminate()
        vite.wait(SECONDS_TO_STOP)


def _names(changes: Iterable[tuple[object, str]]) -> str:
    return ", ".join(sorted(os.path.relpath(path, ROOT) for _, path in changes))


if __name__ == "__main__":
    sys.exit(main())
