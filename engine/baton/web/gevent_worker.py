"""gunicorn's gevent worker, which closes idle connections at once when it stops instead of waiting them out."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import gevent
from gunicorn.workers.ggevent import GeventWorker


class _Idle:
    """A connection that waits for its next request; the timeout can be made to fire early."""

    def __init__(self, seconds: float, all_idle: set[_Idle]) -> None:
        self.timeout = gevent.Timeout(seconds, False)
        self.greenlet: Any = None
        self.all_idle = all_idle

    def __enter__(self) -> None:
        self.greenlet = gevent.getcurrent()
        self.all_idle.add(self)
        self.timeout.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self.all_idle.discard(self)
        return self.timeout.__exit__(kind, error, trace)

    def end(self) -> None:
        gevent.kill(self.greenlet, self.timeout, block=False)


class Worker(GeventWorker):
    """``end_idle`` closes the connections that only wait."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.all_idle: set[_Idle] = set()

    def timeout_ctx(self) -> Any:
        return _Idle(self.cfg.keepalive if self.alive else 0.01, self.all_idle)

    def end_idle(self) -> None:
        for idle in list(self.all_idle):
            idle.end()
