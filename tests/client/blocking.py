"""An AsyncClient that is called like a Client, so that one test says what both do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from inspect import isawaitable
from types import TracebackType
from typing import Any

from baton.client.async_client import AsyncClient


class BlockingAsyncClient:
    """Each call runs in an event loop of its own; what is iterated over there comes as an iterator."""

    def __init__(self, url: str, *, patience: float = 10.0) -> None:
        self._runner = asyncio.Runner()
        self._client = AsyncClient(url, patience=patience)

    def __enter__(self) -> BlockingAsyncClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._client.close())
        self._runner.close()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            result = method(*args, **kwargs)
            if isawaitable(result):
                return self._runner.run(_wait(result))
            return self._iterate(result)

        return call

    def _iterate(self, items: AsyncIterator[Any]) -> Iterator[Any]:
        while True:
            try:
                yield self._runner.run(_wait(anext(items)))
            except StopAsyncIteration:
                return


async def _wait(awaitable: Any) -> Any:
    return await awaitable
