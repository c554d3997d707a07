"""Limits of topics that come from the settings: as those of the API, which go before them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from baton.service import Engine, Settings, TopicLimits, WrongSetting
from baton.service.core.limit_settings import read_limits
from tests.service.processes import deploy, fetch

TWO = "work:locksAtOnce=2"


def start(engine: Engine, count: int) -> None:
    definition = deploy(engine)
    for _ in range(count):
        engine.starts.start(definition.id)


def test_limits_are_written_as_topics_with_what_the_api_calls_them() -> None:
    text = "charge-card:locksPerSecond=0.5:locksAtOnce=5, urn:ship:locksAtOnce=2,"

    assert read_limits(text) == {
        "charge-card": TopicLimits(locks_per_second=0.5, locks_at_once=5),
        "urn:ship": TopicLimits(locks_at_once=2),
    }
    assert read_limits("") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("work", "Expected BATON_TOPIC_LIMITS to be like 'topic:locksPerSecond=10:locksAtOnce=5.*but found 'work'"),
        (":locksAtOnce=2", "but found ':locksAtOnce=2'"),
        ("work:rate=2", "but found 'work:rate=2'"),
        ("work:locksAtOnce=1:locksAtOnce=2", "but found 'work:locksAtOnce=1:locksAtOnce=2'"),
        ("work:locksAtOnce=two", "Expected numbers in BATON_TOPIC_LIMITS, but found 'work:locksAtOnce=two'"),
        ("work:locksAtOnce=0", "at least 1 lock at once, or none, but found 0 in BATON_TOPIC_LIMITS for 'work'"),
        ("work:locksPerSecond=nan", "between 0.001 and 1000"),
        ("work:locksAtOnce=1,work:locksAtOnce=2", "each topic once, but found 'work' twice"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_at_the_start(text: str, message: str) -> None:
    with pytest.raises(WrongSetting, match=message):
        Settings.from_environment({"BATON_TOPIC_LIMITS": text})


def test_a_setting_that_is_no_number_is_refused_by_its_name() -> None:
    with pytest.raises(
        WrongSetting, match="Expected BATON_PARTITIONS to be a whole number of at least 1, but found 'many'"
    ):
        Settings.from_environment({"BATON_PARTITIONS": "many"})


def test_the_settings_limit_a_topic(engines: Callable[..., Engine]) -> None:
    engine = engines(topic_limits=TWO)
    start(engine, 4)

    locked = fetch(engine)

    assert len(locked) == 2
    assert fetch(engine) == []
    assert engine.topic_limits.get_all() == {"work": TopicLimits(locks_at_once=2)}


def test_what_is_said_over_the_api_goes_before_the_settings_until_it_is_taken_back(
    engines: Callable[..., Engine],
) -> None:
    engine = engines(topic_limits=TWO)
    start(engine, 6)

    engine.topic_limits.set("work", TopicLimits(locks_at_once=3))
    said = engine.topic_limits.get_all()
    first = fetch(engine)
    engine.topic_limits.set("work", None)

    assert said == {"work": TopicLimits(locks_at_once=3)}
    assert len(first) == 3
    assert engine.topic_limits.get_all() == {"work": TopicLimits(locks_at_once=2)}
    assert fetch(engine) == []
    for item in first:
        engine.external_tasks.complete(item.task.id, "w")
    assert len(fetch(engine)) == 2


def test_a_topic_that_the_settings_limit_can_be_opened_over_the_api(engines: Callable[..., Engine]) -> None:
    engine = engines(topic_limits=TWO)
    start(engine, 4)

    engine.topic_limits.set("work", TopicLimits())

    assert engine.topic_limits.get_all() == {}
    assert len(fetch(engine)) == 4


def test_what_is_said_over_the_api_lasts_over_a_restart(engines: Callable[..., Engine]) -> None:
    engines(topic_limits=TWO).topic_limits.set("work", TopicLimits(locks_at_once=1))

    again = engines(topic_limits=TWO)
    start(again, 4)

    assert len(fetch(again)) == 1


def test_locks_from_before_a_start_with_limits_count(engines: Callable[..., Engine]) -> None:
    unlimited = engines()
    start(unlimited, 4)
    before = fetch(unlimited, n=1)

    limited = engines(topic_limits=TWO)

    assert len(before) == 1
    assert len(fetch(limited)) == 1
    assert fetch(limited) == []
