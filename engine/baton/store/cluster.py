"""A Cluster, by slots: who serves a key, redirections, and waiting while nobody serves it.

Each node has its own `Wire`. The map of slots is read again whenever a node is lost or sends us elsewhere, of those
first that have answered lately.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

from redis.crc import key_slot
from redis.exceptions import AskError, ClusterDownError, MovedError, ReadOnlyError, ResponseError, TryAgainError
from redis.exceptions import ConnectionError as RedisConnectionError

from baton.store.chance import CHANCE
from baton.store.connecting import LOST
from baton.store.pipeline import Command
from baton.store.ports import Arg, Read
from baton.store.wire import Wire

Address: TypeAlias = "tuple[str, int]"
SLOTS = 16_384
TRIES, PATIENCE_S = 8, 8.0
"""A command is given up after so many tries or so many seconds: a frozen node costs a timeout or two, not eight."""
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 1.0
_NOT_NOW = (AskError, TryAgainError, ClusterDownError, ReadOnlyError)
"""Answers after which the same is tried again; MOVED is a permanent ASK."""
_KEY_PLACES = {"EVALSHA": 3, "EVAL": 3, "SCAN": 3, "ZDIFF": 2, "ZINTER": 2}
"""Where the first key is in a command, if not behind its name."""


class Cluster:
    """Safe for threads and greenlets."""

    def __init__(self, seeds: Sequence[Address], wire_to: Callable[[Address], Wire]) -> None:
        self._seeds, self._wire_to = list(seeds), wire_to
        self._members: set[Address] = set()
        self._wires: dict[Address, Wire] = {}
        self._owners: list[Address | None] = [None] * SLOTS
        self._failed: dict[Address, float] = {}
        """When a node did not answer; those that have answered since are not in it."""
        self._generation = 0
        self._wiring, self._mapping = threading.Lock(), threading.Lock()

    def send(
        self, commands: Sequence[Command], wait: Command | None = None, *, began: float | None = None
    ) -> list[Any]:
        """Replies of one connection to the node that serves the key of the first command; the rest name no keys.

        ``wait`` is sent behind them and its reply is the last. Raises the first error among the answers, and
        ConnectionError when nobody has served the slot for seconds since it ``began`` (``time.monotonic``).
        """
        slot, ask, began = get_slot(commands[0]), None, time.monotonic() if began is None else began
        commands = commands if wait is None else [*commands, wait]
        for attempt in range(TRIES):
            generation = self._generation
            try:
                return self._try(slot, commands, ask)
            except (*LOST, *_NOT_NOW) as error:
                if attempt == TRIES - 1 or time.monotonic() - began > PATIENCE_S:
                    raise RedisConnectionError(f"nobody serves slot {slot}: {error}") from error
                ask = error if isinstance(error, AskError) else None
                if ask is None or isinstance(ask, MovedError):
                    self._refresh(generation)
                _pause(attempt if ask is None else attempt - 2)
        raise RedisConnectionError(f"nobody serves slot {slot}")

    def send_together(self, commands: Sequence[Command], wait: Command | None = None) -> list[Any]:
        """As ``send``, but with the commands that others send to the same node if they are short."""
        began, generation, owner = time.monotonic(), self._generation, self._owners[get_slot(commands[0])]
        if owner is None or owner in self._failed:
            return self.send(commands, wait)
        try:
            replies = self._wire(owner).pipeline.exchange(commands, wait)
        except LOST:
            self._failed[owner] = time.monotonic()
            self._refresh(generation)
            return self.send(commands, wait, began=began)
        if replies is None or any(isinstance(reply, _NOT_NOW) for reply in replies):
            return self.send(commands, wait, began=began)
        return [_raise_error(reply) for reply in replies]

    def read(self, commands: Sequence[Read]) -> list[Any]:
        """Replies of commands with a key each, in one round trip per node; raises as ``send``."""
        return [
            self.send([command])[0] if isinstance(reply, (*LOST, *_NOT_NOW)) else _raise_error(reply)
            for command, reply in zip(commands, self.ask_each(commands), strict=True)
        ]

    def ask_each(self, commands: Sequence[Command]) -> list[Any]:
        """As ``read``, but one try: what has no reply has the error in its place."""
        replies: list[Any] = [None] * len(commands)
        for owner, places in self._by_owner(commands).items():
            found = self._attempt(owner, [commands[place] for place in places])
            for place, reply in zip(places, found, strict=True):
                replies[place] = reply
        return replies

    def list_primaries(self) -> list[Address]:
        """The nodes that serve slots, as far as known."""
        if None in self._owners:
            self._refresh(self._generation)
        return sorted({owner for owner in self._owners if owner is not None})

    def ask_primaries(self, command: Command) -> list[Any]:
        """The replies of those that answer, to a command without keys. Raises ConnectionError if none does."""
        found = [self._attempt(primary, [command])[0] for primary in self.list_primaries()]
        replies = [reply for reply in found if not isinstance(reply, LOST)]
        return replies if replies else [_raise_error(reply) for reply in found]

    def ask(self, address: Address, command: Command) -> Any:
        """The reply of one node to a command without keys; one try."""
        return _raise_error(self._exchange(address, [command])[0])

    def list_nodes(self) -> list[Address]:
        """All that are known, replicas too; those that did not answer lately are the last."""
        known = list({*self._seeds, *self._members})
        CHANCE.shuffle(known)
        return sorted(known, key=lambda item: self._failed.get(item, 0.0))

    def close(self) -> None:
        for wire in self._wires.values():
            wire.close()

    # -- one try

    def _try(self, slot: int, commands: Sequence[Command], ask: AskError | None) -> list[Any]:
        owner = self._owner(slot)
        if ask is None:
            replies = self._exchange(owner, commands)
        elif isinstance(ask, MovedError):
            replies = self._exchange(_get_named_node(ask, owner), commands)
        else:
            replies = self._exchange(_get_named_node(ask, owner), [("ASKING",), *commands])[1:]
        return [_raise_error(reply) for reply in replies]

    def _attempt(self, owner: Address | None, commands: Sequence[Command]) -> list[Any]:
        """Replies, or for each the error of the connection."""
        generation = self._generation
        try:
            if owner is None:
                raise RedisConnectionError("nobody is known to serve it")
            return self._exchange(owner, commands)
        except LOST as error:
            self._refresh(generation)
            return [error] * len(commands)

    def _exchange(self, address: Address, commands: Sequence[Command]) -> list[Any]:
        try:
            replies = self._wire(address).exchange(commands, tries=1)
        except LOST:
            self._failed[address] = time.monotonic()
            raise
        self._failed.pop(address, None)
        return replies

    def _wire(self, address: Address) -> Wire:
        with self._wiring:
            found = self._wires.get(address)
            if found is None:
                found = self._wires[address] = self._wire_to(address)
            return found

    # -- who serves what

    def _by_owner(self, commands: Sequence[Command]) -> dict[Address | None, list[int]]:
        found: dict[Address | None, list[int]] = {}
        for place, command in enumerate(commands):
            found.setdefault(self._owners[get_slot(command)], []).append(place)
        return found

    def _owner(self, slot: int) -> Address:
        if self._owners[slot] is None:
            self._refresh(self._generation)
        owner = self._owners[slot]
        if owner is None:
            raise RedisConnectionError("no node answers that knows who does")
        return owner

    def _refresh(self, generation: int) -> None:
        """Read the map of slots, unless another has since the generation that was found wrong."""
        with self._mapping:
            if self._generation != generation:
                return
            for address in self.list_nodes():
                try:
                    ranges = self.ask(address, ("CLUSTER", "SLOTS"))
                except LOST:
                    continue
                if ranges:
                    self._learn(ranges, address[0])
                    break
            self._generation += 1

    def _learn(self, ranges: Sequence[Any], asked: str) -> None:
        """``CLUSTER SLOTS``: first slot, last slot, primary, replicas; each node with host and port."""
        owners: list[Address | None] = [None] * SLOTS
        members: set[Address] = set()
        for first, last, *nodes in ranges:
            addresses = [((host or b"").decode() or asked, int(port)) for host, port, *_ in nodes]
            owners[first : last + 1] = [addresses[0]] * (last + 1 - first)
            members.update(addresses)
        self._owners, self._members = owners, members
        with self._wiring:
            gone = [self._wires.pop(node) for node in [*self._wires] if node not in members and node not in self._seeds]
        for wire in gone:
            wire.close()


def get_slot(command: Sequence[Arg]) -> int:
    """Of its first key: behind the name, or behind a script or the number of its keys; SCAN: of its pattern."""
    key = command[_KEY_PLACES.get(str(command[0]), 1)]
    return key_slot(key.encode() if isinstance(key, str) else bytes(key))


def _get_named_node(ask: AskError, asked: Address) -> Address:
    """Where it sends us; no host means that of the node which was asked."""
    host, port = cast("Any", ask).node_addr
    return str(host) or asked[0], int(port)


def _raise_error(reply: Any) -> Any:
    if isinstance(reply, ResponseError):
        raise reply
    return reply


def _pause(attempt: int) -> None:
    if attempt >= 0:
        time.sleep(min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt) * (0.5 + CHANCE.random() / 2))
