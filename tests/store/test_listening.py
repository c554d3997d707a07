"""What is published is heard, and the one who hears can be told to stop at any time."""

from __future__ import annotations

import threading
from queue import SimpleQueue

import redis

from baton.store.listening import RedisListener


def test_a_listener_hears_what_is_published_and_ends_at_once_when_it_is_closed(valkey: str) -> None:
    client, heard = redis.Redis.from_url(valkey), SimpleQueue[tuple[str, bytes]]()
    before = set(threading.enumerate())
    listener = RedisListener(lambda: client, lambda channel, data: heard.put((channel, data)))
    listener.add("hints")
    client.publish("hints", b"due")
    assert heard.get(timeout=30) == ("hints", b"due")

    listener.close()

    assert set(threading.enumerate()) <= before
    client.close()
