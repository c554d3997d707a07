"""The subscriptions to messages of one name, read once and indexed by business key and by variables."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from baton.model.ids import get_instance_id
from baton.model.values import Value
from baton.store.index_ops import make_business_key_start
from baton.store.outbox import OutboxEntry

Ids: TypeAlias = "Sequence[str]"


@dataclass(frozen=True, slots=True)
class Receivers:
    """``by_key``: subscription ids by business key, as ``by_business_key`` writes it; ``variables``: by instance."""

    by_key: Mapping[str, Ids]
    variables: Mapping[str, Mapping[str, Value]] = field(default_factory=dict[str, Mapping[str, Value]])
    _by_values: dict[tuple[str, ...], dict[Hashable, list[str]]] = field(
        default_factory=dict[tuple[str, ...], dict[Hashable, list[str]]]
    )

    def find(self, entry: OutboxEntry) -> Ids | None:
        """The subscriptions that match a message; None when the index cannot tell."""
        key = entry.outgoing.business_key
        with_key = None if key is None else self.by_key.get(make_business_key_start(key), ())
        if not entry.correlation_keys or with_key == ():
            return self._list_all() if with_key is None else with_key
        names = tuple(sorted(entry.correlation_keys))
        wanted = _make_key(entry.correlation_keys, names)
        if wanted is None:
            return None
        found = self._index_by(names).get(wanted, [])
        return found if with_key is None else [id_ for id_ in found if id_ in with_key]

    def _list_all(self) -> Ids:
        return [id_ for ids in self.by_key.values() for id_ in ids]

    def _index_by(self, names: tuple[str, ...]) -> Mapping[Hashable, Ids]:
        """Subscription ids by the values of these variables."""
        if names not in self._by_values:
            found = self._by_values[names] = {}
            for id_ in self._list_all():
                own = self.variables.get(get_instance_id(id_), {})
                found.setdefault(_make_key(own, names), []).append(id_)
        return self._by_values[names]


def _make_key(values: Mapping[str, Value], names: tuple[str, ...]) -> Hashable | None:
    """A key that is equal when all values are; None when one is missing, or is a list or an object."""
    found = tuple((isinstance(values.get(name), bool), values.get(name)) for name in names)
    try:
        hash(found)
    except TypeError:
        return None
    return found if all(name in values for name in names) else None
