"""Which definitions may use which topics, as operators of topics say: checked at deployment and when a task is made."""

from __future__ import annotations

from collections.abc import Sequence

from baton.model.errors import BadRequest
from baton.model.problems import Problem, Severity
from baton.model.times import Millis
from baton.service.core.clock import Clock
from baton.service.deployments.links import ProcessLinks, UsedTopic
from baton.store.limits import Limits

RULE = "topic-use"
_VALID_FOR_MS = 1_000
"""How long a process trusts what it has read; another may have changed it."""


class TopicUses:
    """A topic of which nothing is said is for all. Safe for threads and greenlets: at worst it is read twice."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._store, self._clock = limits, clock
        self._known: dict[str, tuple[str, ...]] = {}
        self._read_at: Millis | None = None

    def get_all(self) -> dict[str, tuple[str, ...]]:
        """Topic -> keys of the definitions that may use it."""
        return self._store.read_uses()

    def set(self, topic: str, definition_keys: Sequence[str]) -> None:
        """Raises BadRequest without any key. Other processes follow within a second; tasks that there are stay."""
        if not definition_keys:
            raise BadRequest(f"Expected keys of definitions that may use the topic '{topic}', but found none")
        self._store.set_uses(topic, tuple(dict.fromkeys(definition_keys)))
        self._read_at = None

    def remove(self, topic: str) -> None:
        """The topic is for all again."""
        self._store.remove_uses(topic)
        self._read_at = None

    def may_use(self, topic: str, definition_key: str) -> bool:
        known = self._get_known().get(topic)
        return known is None or definition_key in known

    def _get_known(self) -> dict[str, tuple[str, ...]]:
        now = self._clock.now()
        if self._read_at is None or not 0 <= now - self._read_at < _VALID_FOR_MS:
            self._known, self._read_at = self._store.read_uses(), now
        return self._known

    def find_problems(self, links: Sequence[ProcessLinks]) -> list[Problem]:
        """Elements of processes that may not use their topics. What an expression gives is checked when it is known."""
        known = self._get_known()
        return [
            _make_problem(link, used, known[used.topic])
            for link in links
            for used in link.topics
            if used.topic in known and link.key not in known[used.topic]
        ]


def _make_problem(link: ProcessLinks, used: UsedTopic, definition_keys: Sequence[str]) -> Problem:
    return Problem(
        rule=RULE,
        severity=Severity.ERROR,
        message=f"Expected a topic that process '{link.key}' may use, but '{used.topic}' is for "
        f"{', '.join(definition_keys)}: an operator of topics can allow it",
        element=used.element,
        line=used.line,
        resource=link.resource,
    )
