"""Deployments, definitions and what starts instances of them: under one hash tag, changed atomically."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeVar

from baton.model.definition import DecisionDefinition, Definition
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.store import channels, keys
from baton.store.blobs import BlobCodec
from baton.store.file_heads import FIELD, FileHeads, Heads
from baton.store.operations import apply_ops
from baton.store.ports import Backend, Changed, iterate_pairs

VersionT = TypeVar("VersionT", Definition, DecisionDefinition)
_NEVER = 253_402_300_799_999
"""The moment of a suspended timer: the last of the year 9999."""


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
    tenant_id: str | None = None

    @property
    def place(self) -> str:
        """The start event, of any version of the process."""
        return f"{keys.join_place(self.key, self.tenant_id)}:{self.element}"


ACTIVATION = "$activation"
"""In the place of a start event: no element of a model has such an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """A timer start event: ``rest`` is what is left of its cycle, in the timer's own words.

    A suspended one starts nothing, and keeps its moment. With the element ``ACTIVATION`` it activates the definition.
    """

    definition_id: str
    element: str
    due: Millis
    rest: str | None = None
    suspended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The latest versions and all start subscriptions, as of one generation. Keys are places (``keys.join_place``)."""

    generation: int
    latest: dict[str, str]
    starts: tuple[StartSubscription, ...]
    decisions: dict[str, str] = field(default_factory=dict[str, str])
    """Latest versions of decisions: key -> definition id."""


class Library:
    """Definitions as stored. Rows of definitions are immutable but for suspension and time to live."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs
        self.heads = FileHeads(backend, blobs)

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

    def list_versions(self, key: str, tenant_id: str | None = None) -> list[Definition]:
        """The definitions of a key and tenant, the oldest version first."""
        return self._list_of_tenant(self.get_definitions, keys.name_versions, key, tenant_id)

    def _list_of_tenant(
        self,
        get: Callable[[Sequence[str]], list[VersionT]],
        name: Callable[[str], str],
        key: str,
        tenant_id: str | None,
    ) -> list[VersionT]:
        """Those of the place, and of the key alone, where earlier releases kept the versions of all tenants."""
        places = dict.fromkeys((key, keys.join_place(key, tenant_id)))
        found = self._backend.read([("ZRANGE", name(place), 0, -1) for place in places])
        versions = get([id_.decode() for ids in found for id_ in ids])
        return sorted((item for item in versions if item.tenant_id == tenant_id), key=lambda item: item.version)

    def get_decisions(self, ids: Sequence[str] | None = None) -> list[DecisionDefinition]:
        """Decisions in the order asked (unknown ones left out), or all."""
        if ids is None:
            blobs: list[Any] = self._backend.read([("HGETALL", keys.DECISIONS)])[0][1::2]
        else:
            blobs = self._backend.read([("HMGET", keys.DECISIONS, *ids)])[0] if ids else []
        return [from_row(DecisionDefinition, self._blobs.decode(blob)) for blob in blobs if blob is not None]

    def list_decision_versions(self, key: str, tenant_id: str | None = None) -> list[DecisionDefinition]:
        """The decisions of a key and tenant, the oldest version first."""
        return self._list_of_tenant(self.get_decisions, keys.name_decision_versions, key, tenant_id)

    def save(self, definitions: Iterable[Definition]) -> None:
        """Replace rows of definitions that exist."""
        ops: list[list[Any]] = [_make_put(self._blobs, definition) for definition in definitions]
        self._apply([*ops, ["INCR", keys.GENERATION]])

    def save_decision(self, decision: DecisionDefinition) -> None:
        """Replace the row of a decision that exists."""
        self._apply(
            [["HSET", keys.DECISIONS, decision.id, self._blobs.encode(to_row(decision))], ["INCR", keys.GENERATION]]
        )

    # -- deployments

    def deploy(
        self,
        deployment: Deployment,
        contents: Sequence[bytes],
        definitions: Sequence[Definition],
        starts: Sequence[StartSubscription],
        timers: Sequence[StartTimer],
        *,
        heads: Heads = MappingProxyType({}),
        decisions: Sequence[DecisionDefinition] = (),
        sensitive: Sequence[str] = (),
        generation: int,
    ) -> None:
        """Put all of it on the shelf, or raise Changed if the generation is not the one that was read."""
        ops: list[list[Any]] = [*_make_deployment_ops(self._blobs, deployment, contents)]
        ops.append(["HSET", keys.name_resources(deployment.id), FIELD, self._blobs.encode(dict(heads))])
        for definition in definitions:
            place = keys.join_place(definition.key, definition.tenant_id)
            ops += [
                _make_put(self._blobs, definition),
                ["ZADD", keys.name_versions(place), str(definition.version), definition.id],
            ]
            ops.append(["HSET", keys.LATEST, place, definition.id])
        for decision in decisions:
            ops += _make_decision_ops(self._blobs, decision)
        ops += self._make_start_removals(definitions)
        ops += [_make_start_op(self._blobs, start) for start in starts]
        ops += [op for timer in timers for op in _make_timer_ops(self._blobs, timer)]
        if sensitive:
            ops.append(["SADD", keys.SENSITIVE, *sensitive])
        ops.append(["INCR", keys.GENERATION])
        self._apply(ops, generation)

    def list_sensitive(self) -> list[str]:
        """Names and patterns of variables that a process has ever called sensitive: histories still have them."""
        return sorted(name.decode() for name in self._backend.read([("SMEMBERS", keys.SENSITIVE)])[0])

    def _make_start_removals(self, definitions: Sequence[Definition]) -> list[list[Any]]:
        """Only the latest version of a process is started by events."""
        versions = {
            version.id
            for key, tenant_id in {(definition.key, definition.tenant_id) for definition in definitions}
            for version in self.list_versions(key, tenant_id)
        }
        blobs = self._backend.read([("HGETALL", keys.STARTS)])[0]
        members = self._backend.read([("ZRANGE", keys.START_TIMERS, 0, -1)])[0]
        ops: list[list[Any]] = [
            ["HDEL", keys.STARTS, name]
            for name, blob in iterate_pairs(blobs)
            if from_row(StartSubscription, self._blobs.decode(blob)).definition_id in versions
        ]
        gone = {definition.id for definition in definitions}
        for member in members:
            id_, _, element = member.decode().partition(keys.SEPARATOR)
            if id_ in versions and (element != ACTIVATION or id_ in gone):
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
            ops += [["HDEL", keys.DEFINITIONS, definition.id], ["SADD", keys.GONE, definition.id]]
            ops += _make_version_removals(keys.name_versions, definition)
        for key, tenant_id in {(definition.key, definition.tenant_id) for definition in gone}:
            left = [version for version in self.list_versions(key, tenant_id) if version.id not in removed]
            ops += _make_latest_ops(keys.LATEST, key, tenant_id, left)
        ops += self._make_decision_removals(decisions)
        ops += self._make_start_removals(gone)
        ops += [_make_start_op(self._blobs, start) for start in starts]
        ops += [op for timer in timers for op in _make_timer_ops(self._blobs, timer)]
        if whole:
            ops += [["HDEL", keys.DEPLOYMENTS, deployment.id], ["ZREM", keys.DEPLOYMENTS_BY_TIME, deployment.id]]
            ops += [["DEL", keys.name_resources(deployment.id)]]
            ops += [["ZREM", keys.name_deployments_of_name(deployment.name or ""), deployment.id]]
        ops.append(["INCR", keys.GENERATION])
        self._apply(ops, generation)

    def _make_decision_removals(self, gone: Sequence[DecisionDefinition]) -> list[list[Any]]:
        ops: list[list[Any]] = []
        removed = {decision.id for decision in gone}
        for decision in gone:
            versions = self.list_decision_versions(decision.key, decision.tenant_id)
            left = [version for version in versions if version.id not in removed]
            ops.append(["HDEL", keys.DECISIONS, decision.id])
            ops += _make_version_removals(keys.name_decision_versions, decision)
            ops += _make_latest_ops(keys.LATEST_DECISIONS, decision.key, decision.tenant_id, left)
        return ops

    def get_deployments(self, ids: Sequence[str] | None = None) -> list[Deployment]:
        """Deployments in the order asked, or all."""
        if ids is None:
            blobs: list[Any] = self._backend.read([("HGETALL", keys.DEPLOYMENTS)])[0][1::2]
        else:
            blobs = self._backend.read([("HMGET", keys.DEPLOYMENTS, *ids)])[0] if ids else []
        return [_decode_deployment(self._blobs, blob) for blob in blobs if blob is not None]

    def get_newest_time(self, name: str) -> Millis | None:
        """When the newest deployment of that name was made."""
        flat = self._backend.read([("ZREVRANGE", keys.name_deployments_of_name(name), 0, 0, "WITHSCORES")])[0]
        return int(float(flat[1])) if flat else None

    def list_of_name(self, name: str) -> list[Deployment]:
        """The deployments of that name, the newest first."""
        ids = self._backend.read([("ZREVRANGE", keys.name_deployments_of_name(name), 0, -1)])[0]
        return self.get_deployments([id_.decode() for id_ in ids])

    def read_content(self, deployment_id: str, resource_id: str) -> bytes | None:
        blob = self._backend.read([("HGET", keys.name_resources(deployment_id), resource_id)])[0]
        return None if blob is None else self._blobs.decode(blob)

    # -- timers that start instances

    def claim_due_timers(
        self, *, now: Millis, retry_at: Millis, limit: int = 100
    ) -> tuple[list[StartTimer], Millis | None]:
        """Claim the start timers that are due, and when the next will be.

        A process that dies before ``replace_timer`` leaves them for later.
        """
        names = [keys.START_TIMERS, keys.START_TIMER_BODIES]
        found, upcoming = self._backend.run("advance", names, [now, retry_at, limit])
        timers = [from_row(StartTimer, self._blobs.decode(body)) for _, _, body in found if body]
        return timers, int(float(upcoming)) if upcoming else None

    def replace_timer(self, timer: StartTimer, following: StartTimer | None) -> bool:
        """Put ``following``, or nothing, in the place of a timer; False if it is not as it was any more."""
        member = _make_member(timer)
        blob = self._backend.read([("HGET", keys.START_TIMER_BODIES, member)])[0]
        if blob is None or from_row(StartTimer, self._blobs.decode(blob)) != timer:
            return False
        ops: list[list[Any]] = [["ZREM", keys.START_TIMERS, member], ["HDEL", keys.START_TIMER_BODIES, member]]
        if following is not None:
            ops = _make_timer_ops(self._blobs, following)
        return apply_ops(self._backend, keys.GENERATION, ops, [[keys.START_TIMER_BODIES, member, blob]])

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
        ["ZADD", keys.name_deployments_of_name(deployment.name or ""), str(deployment.deployed_at), deployment.id],
    ]
    for resource, content in zip(deployment.resources, contents, strict=True):
        ops.append(["HSET", keys.name_resources(deployment.id), resource.id, blobs.encode(content)])
    return ops


def _decode_deployment(blobs: BlobCodec, blob: bytes) -> Deployment:
    row, resources = blobs.decode(blob)
    stored = tuple(StoredResource(id=id_, name=name, digest=digest) for id_, name, digest in resources)
    return replace(from_row(Deployment, row), resources=stored)


def _make_put(blobs: BlobCodec, definition: Definition) -> list[Any]:
    return ["HSET", keys.DEFINITIONS, definition.id, blobs.encode(to_row(definition))]


def _make_decision_ops(blobs: BlobCodec, decision: DecisionDefinition) -> list[list[Any]]:
    place = keys.join_place(decision.key, decision.tenant_id)
    return [
        ["HSET", keys.DECISIONS, decision.id, blobs.encode(to_row(decision))],
        ["ZADD", keys.name_decision_versions(place), str(decision.version), decision.id],
        ["HSET", keys.LATEST_DECISIONS, place, decision.id],
    ]


def _make_version_removals(name: Callable[[str], str], gone: Definition | DecisionDefinition) -> list[list[Any]]:
    places = dict.fromkeys((gone.key, keys.join_place(gone.key, gone.tenant_id)))
    return [["ZREM", name(place), gone.id] for place in places]


def _make_latest_ops(
    name: str, key: str, tenant_id: str | None, left: Sequence[Definition | DecisionDefinition]
) -> list[list[Any]]:
    place = keys.join_place(key, tenant_id)
    return [["HSET", name, place, left[-1].id] if left else ["HDEL", name, place]]


def _make_start_op(blobs: BlobCodec, subscription: StartSubscription) -> list[Any]:
    name = keys.SEPARATOR.join(
        (
            subscription.kind,
            subscription.name,
            subscription.element,
            keys.join_place(subscription.key, subscription.tenant_id),
        )
    )
    return ["HSET", keys.STARTS, name, blobs.encode(to_row(subscription))]


def _make_member(timer: StartTimer) -> str:
    return f"{timer.definition_id}{keys.SEPARATOR}{timer.element}"


def _make_timer_ops(blobs: BlobCodec, timer: StartTimer) -> list[list[Any]]:
    member, moment = _make_member(timer), _NEVER if timer.suspended else timer.due
    return [
        ["ZADD", keys.START_TIMERS, str(moment), member],
        ["PUBLISH", channels.DUE_CHANNEL, ""],
        ["HSET", keys.START_TIMER_BODIES, member, blobs.encode(to_row(timer))],
    ]
