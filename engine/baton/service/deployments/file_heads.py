"""What the root elements of deployed files say: read once, when they are deployed, and kept beside them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar
from xml.etree import ElementTree

import structlog

from baton.model.definition import DecisionDefinition, Definition
from baton.model.errors import Rejected
from baton.service.core.bounded_cache import BoundedCache
from baton.service.core.matching import Predicate, accept, matches_like, take_page
from baton.service.core.queries import VersionQuery
from baton.store.codec import Damaged
from baton.store.file_heads import FileHead, Heads
from baton.store.file_heads import FileHeads as Shelves

Version = Definition | DecisionDefinition
VersionT = TypeVar("VersionT", Definition, DecisionDefinition)
MOST_FILES = 50_000
"""Whose heads are in memory, with some 300 bytes each."""

CATEGORY: Mapping[str, Predicate] = {"category": accept, "category_like": accept}
"""Filters that ``FileHeads.find_page`` applies."""

log = structlog.get_logger("baton.deploy")


def read_head(content: bytes) -> FileHead:
    """The head of a file that was checked when it was deployed: no more than its first tag is parsed."""
    for _, root in ElementTree.iterparse(io.BytesIO(content), events=("start",)):
        return FileHead(root.get("id"), root.get("name"), root.get("targetNamespace") or root.get("namespace"))
    return FileHead()


def _is_of(category: str | None, query: VersionQuery) -> bool:
    if query.category is not None and category != query.category:
        return False
    return query.category_like is None or (category is not None and matches_like(category, query.category_like))


class FileHeads:
    """``get_content``: the file of a definition; it is asked for only if an earlier release has deployed it."""

    def __init__(self, shelves: Shelves, get_content: Callable[[Version], bytes]) -> None:
        self._store, self._get_content = shelves, get_content
        self._known = BoundedCache[Heads](MOST_FILES)

    def get(self, version: Version) -> FileHead:
        return self.find([version])[version.id]

    def find(self, versions: Sequence[Version]) -> dict[str, FileHead]:
        """Of each by its id; an empty head where its file is gone."""
        of: dict[str, list[Version]] = {}
        for version in versions:
            of.setdefault(version.deployment_id, []).append(version)
        found = {id_: self._known.get(id_) for id_ in of}
        self._add_stored(found)
        return {each.id: head for id_, heads in found.items() for each, head in self._pick(of[id_], heads or {})}

    def find_page(self, versions: Sequence[VersionT], query: VersionQuery) -> list[VersionT]:
        """The page of those whose category is the one that the query names."""
        by_category = any(name == "category" for name, _ in query.sort)
        if query.category is None and query.category_like is None and not by_category:
            return take_page(versions, query)
        heads = self.find(versions)
        found = [each for each in versions if _is_of(heads[each.id].namespace, query)]
        return take_page(
            found,
            query,
            lambda each, name: heads[each.id].namespace if name == "category" else getattr(each, name, None),
        )

    def _add_stored(self, found: dict[str, Heads | None]) -> None:
        missing = [id_ for id_, heads in found.items() if heads is None]
        for id_, stored in zip(missing, self._store.read(missing) if missing else (), strict=True):
            found[id_] = stored
            self._known.put(id_, stored, 1 + len(stored))

    def _pick(self, versions: Sequence[Version], heads: Heads) -> Iterator[tuple[Version, FileHead]]:
        """Those of a deployment."""
        unread = {each.resource_name: each for each in versions if each.resource_name not in heads}
        if unread:
            heads = self._read_files(unread, heads)
        for version in versions:
            yield version, heads[version.resource_name]

    def _read_files(self, unread: Mapping[str, Version], heads: Heads) -> Heads:
        """With those of an earlier release's files, which are kept from now on; here also that a file is gone."""
        read = {name: self._read_file(version) for name, version in unread.items()}
        deployment_id = next(iter(unread.values())).deployment_id
        there = {name: head for name, head in read.items() if head is not None}
        if there:
            self._store.write(deployment_id, {**heads, **there})
        known = {**heads, **{name: head or FileHead() for name, head in read.items()}}
        self._known.put(deployment_id, known, 1 + len(known))
        return known

    def _read_file(self, version: Version) -> FileHead | None:
        try:
            return read_head(self._get_content(version))
        except (Rejected, Damaged, ElementTree.ParseError) as error:
            log.warning("file not read", action="deploy.unread_head", definition=version.id, reason=str(error))
            return None
