"""Deleting definitions: only when nothing can run of them any more.

A definition that is being deleted is marked first, and the mark announced: from then on nothing starts. An instance
whose start had been decided before is either found by the search for instances that follows, or finds the mark itself
when it has been committed, and ends (``Starts``). So none is left of a definition that is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

import structlog

from baton.expression import ExpressionError, evaluate_constant
from baton.model.commands import CancelInstance
from baton.model.definition import DecisionDefinition, Definition, Node
from baton.model.errors import Conflict, NotFound, Rejected
from baton.service.core.clock import Clock
from baton.service.core.queries import DecisionQuery, DefinitionQuery
from baton.service.deployments.decisions import DecisionLibrary
from baton.service.deployments.deployer import Deployer
from baton.service.deployments.form_files import ENDING
from baton.service.deployments.forms import FormLibrary
from baton.service.deployments.library import DefinitionLibrary
from baton.service.turns.mailbox import Mailbox
from baton.store import codec
from baton.store.holds import make_held
from baton.store.library import Deployment
from baton.store.store import Store

log = structlog.get_logger("baton.admin")

_ROUNDS = 5
_SHOWN = 3


class Removal:
    def __init__(
        self,
        store: Store,
        library: DefinitionLibrary,
        decisions: DecisionLibrary,
        forms: FormLibrary,
        deployer: Deployer,
        mailbox: Mailbox,
        clock: Clock,
    ) -> None:
        self._store, self._library, self._decisions, self._forms = store, library, decisions, forms
        self._deployer, self._mailbox, self._clock = deployer, mailbox, clock

    def remove(self, deployment: Deployment, gone: Sequence[Definition], *, whole: bool, cascade: bool) -> None:
        """Delete definitions, and with ``whole`` their deployment.

        Raises Conflict when instances run or use them; with ``cascade`` those are cancelled, their own ones deleted.
        """
        decisions = self._decisions.find(DecisionQuery(deployment_id=deployment.id)) if whole else []
        if not cascade:
            self._require_unused(gone, decisions)
            self._require_no_form_used(deployment, whole=whole)
        else:
            self._require_not_held(gone)
        self._mark(gone, removing=True)
        try:
            if cascade:
                self._end_all(gone)
            else:
                self._require_unused(gone, decisions)
        except Conflict:
            self._mark(gone, removing=False)
            raise
        self._deployer.remove(deployment, gone, whole=whole)

    def _mark(self, definitions: Sequence[Definition], *, removing: bool) -> None:
        if definitions:
            self._store.library.save([replace(item, removing=removing) for item in definitions])
            self._library.announce_change()

    def _require_unused(self, gone: Sequence[Definition], decisions: Sequence[DecisionDefinition]) -> None:
        for definition in gone:
            if running := self._store.lists.list_unfinished(definition.id):
                raise Conflict(
                    f"Expected no running instance of '{definition.id}', but found {len(running)}: "
                    "end them first, or delete with cascade=true"
                )
        callers = self._find_callers(gone)
        if found := [instance_id for _, instance_id in zip(range(_SHOWN), callers, strict=False)]:
            raise Conflict(
                f"Expected no instance that is in '{gone[0].key}' by a call, but found {', '.join(found)}: end them "
                "first, or delete with cascade=true"
            )
        for decision in decisions:
            if user := self._find_decision_user(decision):
                raise Conflict(
                    f"Expected no running instance that may ask for decision '{decision.key}', but found some of "
                    f"'{user.id}': end them first, deploy the decision again, or delete with cascade=true"
                )

    def _require_not_held(self, gone: Sequence[Definition]) -> None:
        for definition in gone:
            lists = self._store.lists
            of_it = [*lists.list_unfinished(definition.id), *lists.list_ended(definition.id)]
            if held := self._store.holds.list_held([instance_id for _, instance_id in of_it]):
                raise make_held(min(held))

    def _require_no_form_used(self, deployment: Deployment, *, whole: bool) -> None:
        resources = deployment.resources if whole else ()
        forms = {resource.id for resource in resources if resource.name.endswith(ENDING)}
        user = self._find_form_user(deployment, forms) if forms else None
        if user is not None:
            raise Conflict(
                f"Expected no running instance with a form of deployment '{deployment.id}', but found some of "
                f"'{user.id}': end them first, deploy the form again, or delete with cascade=true"
            )

    def _find_form_user(self, deployment: Deployment, forms: set[str]) -> Definition | None:
        """A definition of another deployment with running instances and a node that would get one of the forms."""
        for definition in self._find_definitions(set(), lambda node: node.form is not None and bool(node.form.ref)):
            elsewhere = definition.deployment_id != deployment.id
            if elsewhere and self._shows(definition, forms) and self._store.lists.list_unfinished(definition.id):
                return definition
        return None

    def _shows(self, definition: Definition, forms: set[str]) -> bool:
        for node in self._library.get_model(definition.id).nodes.values():
            if node.form is None or node.form.ref is None:
                continue
            try:
                if self._forms.find(node.form, definition.deployment_id)[1].id in forms:
                    return True
            except NotFound:
                continue  # not there anyway
        return False

    def _end_all(self, gone: Sequence[Definition]) -> None:
        """Cancel what runs and delete what has ended, until nothing is left. Raises Conflict when something stays."""
        left: list[str] = []
        for _ in range(_ROUNDS):
            for instance_id in self._find_callers(gone):
                self._cancel(instance_id)
            for definition in gone:
                for _, instance_id in self._store.lists.list_unfinished(definition.id):
                    self._cancel(instance_id)
                for _, instance_id in self._store.lists.list_ended(definition.id):
                    self._forget(instance_id)
            left = [id_ for item in gone for _, id_ in self._store.lists.list_unfinished(item.id)]
            if not left:
                return
        raise Conflict(f"Expected all instances to end, but '{left[0]}' did not: look at its incidents, then try again")

    def _cancel(self, instance_id: str) -> None:
        try:
            self._mailbox.submit(instance_id, CancelInstance(reason="definition deleted"))
        except NotFound:
            # Its state is gone, and the rest of it would otherwise keep the definition from being deleted.
            self._store.forget_traces(instance_id)
        except Rejected as error:
            log.info("instance skipped", action="instance.skipped", instance=instance_id, reason=error.message)

    def _forget(self, instance_id: str) -> None:
        headers = self._store.lists.get_headers([instance_id])
        for header in headers:
            self._store.forget(header)
        if not headers:
            self._store.forget_traces(instance_id)

    # -- who uses it

    def _find_callers(self, gone: Sequence[Definition]) -> Iterator[str]:
        """Running instances of other definitions with a token inside one of these."""
        wanted = {definition.id for definition in gone}
        for caller in self._find_definitions(wanted, lambda node: node.traits.calls_process):
            for _, instance_id in self._store.lists.list_unfinished(caller.id):
                if wanted & set(self._list_called(instance_id)):
                    yield instance_id

    def _list_called(self, instance_id: str) -> Iterator[str]:
        """The definitions that the tokens of an instance are in, but for its own."""
        for name, blob in self._store.lists.read_fields(instance_id).items():
            if name[0] == "t" and name != "t0":
                try:
                    row = codec.decode(blob)
                except codec.Damaged as damage:
                    log.warning("not checked", action="instance.unreadable", instance=instance_id, reason=str(damage))
                    continue
                yield from (str(part) for part in cast("list[object]", row)[4:])

    def _find_decision_user(self, decision: DecisionDefinition) -> Definition | None:
        """A definition with running instances and a business rule task that would get this version of the decision."""
        for definition in self._find_definitions(
            set(), lambda node: node.call is not None and not node.traits.calls_process
        ):
            if self._uses(definition, decision) and self._store.lists.list_unfinished(definition.id):
                return definition
        return None

    def _uses(self, definition: Definition, decision: DecisionDefinition) -> bool:
        for node in self._library.get_model(definition.id).nodes.values():
            if node.call is None or node.traits.calls_process:
                continue
            try:
                key = evaluate_constant(node.call.key, self._clock.now())
                version = (
                    None if node.call.version is None else str(evaluate_constant(node.call.version, self._clock.now()))
                )
                found = self._decisions.resolve(str(key), node.call.binding, version, definition.deployment_id)
            except (ExpressionError, NotFound):
                continue  # known only when it runs, or not there anyway
            if found.id == decision.id:
                return True
        return False

    def _find_definitions(self, without: set[str], wanted: Callable[[Node], bool]) -> Iterator[Definition]:
        for definition in self._library.find(DefinitionQuery()):
            if definition.id not in without and self._has_node(definition, wanted):
                yield definition

    def _has_node(self, definition: Definition, wanted: Callable[[Node], bool]) -> bool:
        try:
            nodes: Iterable[Node] = self._library.get_model(definition.id).nodes.values()
        except NotFound:
            return False
        return any(wanted(node) for node in nodes)
