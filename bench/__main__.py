"""``python -m bench [PART…]`` with the parts of ``PARTS``: all of them by default.

``python -m bench peers --help`` says how to measure beside another engine, ``python -m bench releases --help`` how to
measure against an earlier release, ``python -m bench lists --help`` and ``python -m bench archive --help`` with more
instances, ``python -m bench tasks --help`` with more tasks.
"""

from __future__ import annotations

import sys

from bench import (
    archive,
    batches,
    costs,
    events,
    floods,
    identities,
    idle,
    lists,
    memory,
    peers,
    pixels,
    releases,
    rest,
    runtime,
    streams,
    tasks,
    viewers,
    web,
)

PARTS = {
    "runtime": runtime.main,
    "web": web.main,
    "rest": rest.main,
    "memory": memory.main,
    "identities": identities.main,
    "floods": floods.main,
    "idle": idle.main,
    "lists": lists.main,
    "tasks": tasks.main,
    "viewers": viewers.main,
    "streams": streams.main,
    "pixels": pixels.main,
    "batches": batches.main,
    "events": events.main,
    "costs": costs.main,
    "archive": archive.main,
}
WITH_OPTIONS = {
    "peers": peers.main,
    "releases": releases.main,
    "lists": lists.main,
    "tasks": tasks.main,
    "archive": archive.main,
}
NEED_OPTIONS = {"peers", "releases"}


def main() -> None:
    name, options = sys.argv[1] if len(sys.argv) > 1 else "", sys.argv[2:]
    if name in NEED_OPTIONS or (name in WITH_OPTIONS and options and options[0].startswith("-")):
        WITH_OPTIONS[name](options)
        return
    chosen = sys.argv[1:] or list(PARTS)
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        sys.exit(f"Expected any of {', '.join(PARTS)}, but found {', '.join(unknown)}")
    for name in chosen:
        PARTS[name]()


if __name__ == "__main__":
    main()
