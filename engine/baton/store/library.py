"""Deployments, definitions and what starts instances of them: under one hash tag, changed atomically."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from baton.model.definition import DecisionDefinition, Definition
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.store import keys
from baton.store.blobs import BlobCodec
from baton.store.operations import apply_ops
from baton.store.ports import Backend, Changed, iterate_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResource:
    id: str
    name: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A set of resources put on the server together."""

    id: str
    name: str | None
    deployed_at: Millis
    resources: tuple[StoredResource, ...] = ()
    source: str | None = None
    tenant_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSubscription:
    """A message or signal of that name starts an instance of the latest version of the process."""

    kind: str
    name: str
    key: str
    definition_id: str
    element: str
    at: Millis = 0

    @property
    def place(self) -> str:
        """The start event, of whichever version of the process."""
        return f"{self.key}:{self.element}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """A timer start event: ``rest`` is what is left of its cycle, in the timer's own words."""

    definition_id: str
    element: str
    due: Millis
    rest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The latest versions and all start subscriptions, as of one generation."""

    generation: int
    latest: dict[str, str]
    starts: tuple[StartSubscription, ...]
    decisions: dict[str, str] = field(default_factory=dict[str, str])
    """Latest versions of decisions: key -> definition id."""


class Library:
    """Definitions as stored. Rows of definitions are immutable but for suspension and time to live."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def get_generation(self) -> int:
        """A number that grows with every change; what was read under the same number is still so."""
        return int(self._backend.read([("GET", keys.GENERATION)])[0] or 0)

    def read_shelf(self) -> Shelf:
        generation, latest, starts, decisions = self._backend.read(
            [
                ("GET", keys.GENERATION),
                ("HGETALL", keys.LATEST),
                ("HGETALL", keys.STARTS),
                ("HGETALL", keys.LATEST_DECISIONS),
            ]
        )
        return Shelf(
            generation=int(generation or 0),
            latest={key.decode(): id_.decode() for key, id_ in iterate_pairs(latest)},
            starts=tuple(from_row(StartSubscription, self._blobs.decode(blob)) for _, blob in iterate_pairs(starts)),
            decisions={key.decode(): id_.decode() for key, id_ in iterate_pairs(decisions)},
        )

    # -- definitions

    def get_definitions(self, ids: Sequence[str] | None = None) -> list[Definition]:
        """Definitions in the order asked (unknown ones left out), or all."""
        if ids is None:
            blobs: list[Any] = self._backend.read([("HGETALL", keys.DEFINITIONS)])[0][1::2]
        else:
            blobs = self._backend.read([("HMGET", keys.DEFINITIONS, *ids)])[0] if ids else []
        return [from_row(Definition, self._blobs.decode(blob)) for blob in blobs if blob is not None]

    def list_versions(self, key: str) -> list[str]:
        """Definition ids of a key, the oldest version first."""
        return [id_.decode() for id_ in self._backend.read([("ZRANGE", keys.versions(key), 0, -1)])[0]]

    def get_decisions(self, ids: Sequence[str] | None = None) -> list[DecisionDefinition]:
        """Decisions in the order asked (unknown ones left out), or all."""
        if ids is None:
            blobs: list[Any] = self._backend.read([("HGETALL", keys.DECISIONS)])[0][1::2]
        else:
            blobs = self._backend.read([("HMGET", keys.DECISIONS, *ids)])[0] if ids else []
        return [from_row(DecisionDefinition, self._blobs.decode(blob)) for blob in blobs if blob is not None]

    def list_decision_versions(self, key: str) -> list[str]:
        """Definition ids of a decision, the oldest version first."""
        return [id_.decode() for id_ in self._backend.read([("ZRANGE", keys.decision_versions(key), 0, -1)])[0]]

    def save(self, definitions: Iterable[Definition]) -> None:
        """Replace rows of definitions that exist."""
        ops: list[list[Any]] = [_make_put(self._blobs, definition) for definition in definitions]
        self._apply([*ops, ["INCR", keys.GENERATION]])

    # -- deployments

    def deploy(
        self,
        deployment: Deployment,
        contents: Sequence[bytes],
        definitions: Sequence[Definition],
        starts: Sequence[StartSubscription],
        timers: Sequence[StartTimer],
        *,
        decisions: Sequence[DecisionDefinition] = (),
        generation: int,
    ) -> None:
        """Put all of it on the shelf, or raise Changed if the generation is not the one that was read."""
        ops: list[list[Any]] = [*_make_deployment_ops(self._blobs, deployment, contents)]
        for definition in definitions:
            ops += [
                _make_put(self._blobs, definition),
                ["ZADD", keys.versions(definition.key), str(definition.version), definition.id],
            ]
            ops.append(["HSET", keys.LATEST, definition.key, definition.id])
        for decision in decisions:
            ops += _make_decision_ops(self._blobs, decision)
        ops += self._make_start_removals({definition.key for definition in definitions})
        ops += [_make_start_op(self._blobs, one) for one in starts]
        ops += [op for timer in timers for op in _make_timer_ops(self._blobs, timer)]
        ops.append(["INCR", keys.GENERATION])
        self._apply(ops, generation)

    def _make_start_removals(self, process_keys: set[str]) -> list[list[Any]]:
        """Only the latest version of a process is started by events."""
        names = self._backend.read([("HKEYS", keys.STARTS)])[0]
        members = self._backend.read([("ZRANGE", keys.START_TIMERS, 0, -1)])[0]
        ops: list[list[Any]] = [["HDEL", keys.STARTS, name] for name in names if _get_last_part(name) in process_keys]
        for member in members:
            definition_id = member.partition(b"\0")[0].decode()
            if definition_id.partition(":")[0] in process_keys:
                ops += [["ZREM", keys.START_TIMERS, member], ["HDEL", keys.START_TIMER_BODIES, member]]
        return ops

    def remove(
        self,
        deployment: Deployment,
        gone: Sequence[Definition],
        starts: Sequence[StartSubscription],
        timers: Sequence[StartTimer],
        *,
        whole: bool,
        decisions: Sequence[DecisionDefinition] = (),
        generation: int,
    ) -> None:
        """Remove definitions (and with ``whole`` their deployment); ``starts`` are those of the new latest versions."""
        removed = {definition.id for definition in gone}
        ops: list[list[Any]] = []
        for definition in gone:
            ops += [["HDEL", keys.DEFINITIONS, definition.id], ["ZREM", keys.versions(definition.key), definition.id]]
        for key in {definition.key for definition in gone}:
            left = [id_ for id_ in self.list_versions(key) if id_ not in removed]
            ops.append(["HSET", keys.LATEST, key, left[-1]] if left else ["HDEL", keys.LATEST, key])
        ops += self._make_decision_removals(decisions)
        ops += self._make_start_removals({definition.key for definition in gone})
        ops += [_make_start_op(self._blobs, one) for one in starts]
        ops += [op for timer in timers for op in _make_timer_ops(self._blobs, timer)]
        if whole:
            ops += [["HDEL", keys.DEPLOYMENTS, deployment.id], ["ZREM", keys.DEPLOYMENTS_BY_TIME, deployment.id]]
            ops += [["DEL", keys.resources(deployment.id)]]
            ops += [["ZREM", keys.deployments_of_name(deployment.name or ""), deployment.id]]
        ops.append(["INCR", keys.GENERATION])
        self._apply(ops, generation)

    def _make_decision_removals(self, gone: Sequence[DecisionDefinition]) -> list[list[Any]]:
        ops: list[list[Any]] = []
        for one in gone:
            left = [id_ for id_ in self.list_decision_versions(one.key) if id_ != one.id]
            ops += [["HDEL", keys.DECISIONS, one.id], ["ZREM", keys.decision_versions(one.key), one.id]]
            ops.append(
                ["HSET", keys.LATEST_DECISIONS, one.key, left[-1]] if left else ["HDEL", keys.LATEST_DECISIONS, one.key]
            )
        return ops

    def get_deployments(self, ids: Sequence[str] | None = None) -> list[Deployment]:
        """Deployments in the order asked, or all."""
        if ids is None:
            blobs: list[Any] = self._backend.read([("HGETALL", keys.DEPLOYMENTS)])[0][1::2]
        else:
            blobs = self._backend.read([("HMGET", keys.DEPLOYMENTS, *ids)])[0] if ids else []
        return [_decode_deployment(self._blobs, blob) for blob in blobs if blob is not None]

    def get_newest_of_name(self, name: str) -> Deployment | None:
        ids = self._backend.read([("ZRANGE", keys.deployments_of_name(name), -1, -1)])[0]
        return next(iter(self.get_deployments([id_.decode() for id_ in ids])), None)

    def read_content(self, deployment_id: str, resource_id: str) -> bytes | None:
        blob = self._backend.read([("HGET", keys.resources(deployment_id), resource_id)])[0]
        return None if blob is None else self._blobs.decode(blob)

    # -- timers that start instances

    def claim_due_timers(self, *, now: Millis, retry_at: Millis, limit: int = 100) -> list[StartTimer]:
        """Claim the start timers that are due; a process that dies before ``record_fired`` leaves them for later."""
        reply = self._backend.run("advance", [keys.START_TIMERS, keys.START_TIMER_BODIES], [now, retry_at, limit])
        return [from_row(StartTimer, self._blobs.decode(body)) for _, _, body in reply if body]

    def record_fired(self, timer: StartTimer, following: StartTimer | None) -> None:
        """The timer has started its instance; ``following`` is its next occurrence."""
        if following is None:
            member = _make_member(timer)
            self._apply([["ZREM", keys.START_TIMERS, member], ["HDEL", keys.START_TIMER_BODIES, member]])
        else:
            self._apply(_make_timer_ops(self._blobs, following))

    def get_next_timer_due(self) -> Millis | None:
        flat = self._backend.read([("ZRANGE", keys.START_TIMERS, 0, 0, "WITHSCORES")])[0]
        return int(float(flat[1])) if flat else None

    def list_timers(self) -> list[StartTimer]:
        flat = self._backend.read([("HGETALL", keys.START_TIMER_BODIES)])[0]
        return [from_row(StartTimer, self._blobs.decode(body)) for body in flat[1::2]]

    def _apply(self, ops: Sequence[Sequence[Any]], generation: int | None = None) -> None:
        expect = [] if generation is None else [[keys.GENERATION, "", str(generation) if generation else ""]]
        if not apply_ops(self._backend, keys.GENERATION, ops, expect):
            raise Changed("Expected the definitions as they were read, but another deployment came between")


def _make_deployment_ops(blobs: BlobCodec, deployment: Deployment, contents: Sequence[bytes]) -> list[list[Any]]:
    flat = replace(deployment, resources=())
    row = [to_row(flat), [[r.id, r.name, r.digest] for r in deployment.resources]]
    ops: list[list[Any]] = [
        ["HSET", keys.DEPLOYMENTS, deployment.id, blobs.encode(row)],
        ["ZADD", keys.DEPLOYMENTS_BY_TIME, str(deployment.deployed_at), deployment.id],
        ["ZADD", keys.deployments_of_name(deployment.name or ""), str(deployment.deployed_at), deployment.id],
    ]
    for resource, content in zip(deployment.resources, contents, strict=True):
        ops.append(["HSET", keys.resources(deployment.id), resource.id, blobs.encode(content)])
    return ops


def _decode_deployment(blobs: BlobCodec, blob: bytes) -> Deployment:
    row, resources = blobs.decode(blob)
    stored = tuple(StoredResource(id=id_, name=name, digest=digest) for id_, name, digest in resources)
    return replace(from_row(Deployment, row), resources=stored)


def _make_put(blobs: BlobCodec, definition: Definition) -> list[Any]:
    return ["HSET", keys.DEFINITIONS, definition.id, blobs.encode(to_row(definition))]


def _make_decision_ops(blobs: BlobCodec, decision: DecisionDefinition) -> list[list[Any]]:
    return [
        ["HSET", keys.DECISIONS, decision.id, blobs.encode(to_row(decision))],
        ["ZADD", keys.decision_versions(decision.key), str(decision.version), decision.id],
        ["HSET", keys.LATEST_DECISIONS, decision.key, decision.id],
    ]


def _make_start_op(blobs: BlobCodec, one: StartSubscription) -> list[Any]:
    name = keys.SEPARATOR.join((one.kind, one.name, one.element, one.key))
    return ["HSET", keys.STARTS, name, blobs.encode(to_row(one))]


def _get_last_part(name: bytes) -> str:
    return name.rpartition(keys.SEPARATOR.encode())[2].decode()


def _make_member(timer: StartTimer) -> str:
    return f"{timer.definition_id}{keys.SEPARATOR}{timer.element}"


def _make_timer_ops(blobs: BlobCodec, timer: StartTimer) -> list[list[Any]]:
    member = _make_member(timer)
    return [
        ["ZADD", keys.START_TIMERS, str(timer.due), member],
        ["HSET", keys.START_TIMER_BODIES, member, blobs.encode(to_row(timer))],
    ]
