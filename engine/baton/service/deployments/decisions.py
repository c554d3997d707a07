"""Decisions as deployed: listed, found by binding, evaluated. Files are parsed once per process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from baton.expression import ExpressionError
from baton.expression.dmn import Decision, Results, evaluate, read_dmn
from baton.model.definition import DecisionDefinition
from baton.model.errors import CannotEvaluate, NotFound
from baton.model.times import to_datetime
from baton.model.values import Value, Variables
from baton.service.core.bounded_cache import BoundedCache
from baton.service.core.clock import Clock
from baton.service.core.matching import Predicate, make_test
from baton.service.core.offload import Offload, run_here
from baton.service.core.queries import DecisionQuery
from baton.service.deployments.file_heads import CATEGORY
from baton.service.deployments.library import DefinitionLibrary, find_latest, is_bound, say_tenant
from baton.service.deployments.requirements import Requirements, list_requirements, map_decisions
from baton.store.library import Library as Shelves

MOST_BYTES = 5 * 1024 * 1024
"""Of the files whose decisions are in memory, where they take some twenty times as much."""
IMPORT = b"import"
"""What a model holds that imports files beside it."""


class DecisionLibrary:
    """Also the port through which the runtime evaluates decisions."""

    def __init__(self, shelves: Shelves, library: DefinitionLibrary, clock: Clock, offload: Offload = run_here) -> None:
        self._store, self._library = shelves, library
        self._clock, self._offload = clock, offload
        self._definitions: dict[str, DecisionDefinition] = {}
        self._parsed = BoundedCache[Decision](MOST_BYTES)
        self._generation = -1

    # -- for the runtime

    def evaluate(
        self,
        key: str,
        binding: str,
        version: str | None,
        deployment_id: str,
        variables: Variables,
        context: Mapping[str, Value] | None = None,
    ) -> Results:
        """The matched rules. Raises NotFound or ExpressionError."""
        definition = self.resolve(key, binding, version, deployment_id)
        return self._name_evaluated(definition, evaluate(self._get_parsed(definition), variables, context))

    def resolve(self, key: str, binding: str, version: str | None, deployment_id: str) -> DecisionDefinition:
        """The version that a business rule task of a deployment asks for. Raises NotFound."""
        own = self._library.get_tenant(deployment_id)
        if binding == "latest":
            try:
                return self.get_latest(key, own)
            except NotFound:
                if own is None:
                    raise
                return self.get_latest(key)

        def find() -> str:
            for tenant_id in dict.fromkeys((own, None)):
                for definition in reversed(self._store.list_decision_versions(key, tenant_id)):
                    if is_bound(definition, binding, version, deployment_id):
                        return definition.id
            wanted = deployment_id if binding == "deployment" else version
            raise NotFound(f"Expected a decision '{key}' by {binding} {wanted}, but there is none")

        return self.get(self._library.look_up(("decision", key, binding, version, deployment_id), find))

    # -- for the API

    def evaluate_definition(self, definition_id: str, variables: Variables) -> Results:
        """Evaluate one decision now. Raises NotFound or CannotEvaluate."""
        definition = self.get(definition_id)
        try:
            found = evaluate(self._get_parsed(definition), variables, {"now": to_datetime(self._clock.now())})
            return self._name_evaluated(definition, found)
        except ExpressionError as error:
            raise CannotEvaluate(f"Cannot evaluate decision '{definition_id}': {error}") from error

    def set_history_ttl(self, definition_id: str, days: int | None) -> None:
        """Set for how many days evaluations are kept that no process asks for; None: without end. Raises NotFound."""
        self._store.save_decision(replace(self.get(definition_id), history_ttl_days=days))
        self._library.announce_change()

    def _name_evaluated(self, definition: DecisionDefinition, found: Results) -> Results:
        """With the definitions of what was evaluated: those that are required were deployed together."""
        for row in found.evaluated:
            row["decision"] = definition.id if row["key"] == definition.key else self._find_beside(definition, row)
        return found

    def _find_beside(self, definition: DecisionDefinition, row: Mapping[str, Value]) -> str | None:
        try:
            return self.resolve(str(row["key"]), "deployment", None, definition.deployment_id).id
        except NotFound:
            return None

    def get(self, definition_id: str) -> DecisionDefinition:
        """One version of a decision; it never changes. Raises NotFound."""
        self._forget_removed()
        found = self._definitions.get(definition_id)
        if found is None:
            rows = self._store.get_decisions([definition_id])
            if not rows:
                raise NotFound(f"Expected a decision definition with id '{definition_id}', but there is none")
            found = self._definitions[definition_id] = rows[0]
        return found

    def get_latest(self, key: str, tenant_id: str | None = None) -> DecisionDefinition:
        """The latest version of a key: the tenant's, or without a tenant the one of none. Raises NotFound."""

        def find() -> str:
            newest, versions = self._library.get_current().decisions, self._store.list_decision_versions
            latest = find_latest(newest, key, tenant_id, self.get, versions)
            if latest is None:
                raise NotFound(
                    f"Expected a decision definition with key '{key}'{say_tenant(tenant_id)}, but found none"
                )
            return latest

        return self.get(self._library.look_up(("latest decision", key, tenant_id), find))

    def find(self, query: DecisionQuery) -> list[DecisionDefinition]:
        newest = frozenset(self._library.get_current().decisions.values())
        stored = self._store.get_decisions()
        of = self._map_decisions(stored, query)
        special: dict[str, Predicate] = {
            **CATEGORY,
            "latest": lambda decision, _: decision.id in newest,
            "version_tag": lambda decision, wanted: decision.version_tag == wanted,
            "requirements_id": lambda decision, id_: (file := of.get(decision.id)) is not None and file.id == id_,
            "requirements_key": lambda decision, key: (file := of.get(decision.id)) is not None and file.key == key,
            "without_requirements": lambda decision, _: decision.id not in of,
        }
        fits = make_test(query, special)
        found = [decision for decision in stored if fits(decision)]
        found.sort(key=lambda decision: (decision.key, decision.version))
        return self._library.heads.find_page(found, query)

    def _map_decisions(self, stored: Sequence[DecisionDefinition], query: DecisionQuery) -> Mapping[str, Requirements]:
        """Empty where the query names no requirements."""
        named = query.requirements_id, query.requirements_key, query.without_requirements or None
        return (
            map_decisions(list_requirements(stored, self._library.heads))
            if any(each is not None for each in named)
            else {}
        )

    def list_requirements(self) -> list[Requirements]:
        """All DMN files with several decisions, the oldest first."""
        return list_requirements(self._store.get_decisions(), self._library.heads)

    def count(self, query: DecisionQuery) -> int:
        return len(self.find(replace(query, first=0, limit=None, sort=())))

    def get_xml(self, definition_id: str) -> str:
        return self._library.get_content(self.get(definition_id)).decode("utf-8", "replace")

    def _get_parsed(self, definition: DecisionDefinition) -> Decision:
        found = self._parsed.get(definition.id)
        if found is None:
            content = self._library.get_content(definition)
            beside = self._library.read_beside(definition) if IMPORT in content else {}
            reading = self._offload(read_dmn, content, definition.resource_name, beside)
            named = [decision for decision in reading.decisions if decision.id == definition.key]
            if not named:
                raise NotFound(
                    f"Expected the decision '{definition.key}' in '{definition.resource_name}', but it is not there"
                )
            found = named[0]
            self._parsed.put(definition.id, found, len(content))
        return found

    def _forget_removed(self) -> None:
        """The decisions of a deleted deployment are forgotten, whatever process deleted it."""
        generation = self._library.get_current().generation
        if generation != self._generation:
            self._definitions.clear()
            self._generation = generation
