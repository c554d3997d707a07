from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.expression import ExpressionError
from baton.expression.timing import (
    Duration,
    RetryPlan,
    parse_cycle,
    parse_date,
    parse_duration,
    parse_retry_cycle,
)
from baton.model.times import Millis, to_datetime


def at(text: str) -> Millis:
    return parse_date(text).at


def shown(moment: Millis | None) -> str | None:
    return None if moment is None else to_datetime(moment).isoformat().replace("+00:00", "Z")


NOW = at("2026-01-31T10:00:00Z")


def occurrences(text: str, count: int, now: Millis = NOW, zone: str = "UTC") -> list[str | None]:
    """The first occurrences of a cycle that is set at ``now``."""
    cycle = parse_cycle(text, zone)
    due = cycle.find_first(now)
    found = [shown(due)]
    while due is not None and len(found) < count:
        due = cycle.find_next(due, len(found), now)
        found.append(shown(due))
    return found


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("PT10S", "2026-01-31T10:00:10Z"),
        ("P1M", "2026-02-28T10:00:00Z"),
        ("P1Y", "2027-01-31T10:00:00Z"),
        ("P2W", "2026-02-14T10:00:00Z"),
        ("P1DT1H1M1.5S", "2026-02-01T11:01:01.500000Z"),
        ("PT0,5H", "2026-01-31T10:30:00Z"),
        ("-PT1H", "2026-01-31T09:00:00Z"),
        (" PT1S ", "2026-01-31T10:00:01Z"),
    ],
)
def test_a_duration_is_counted_from_now_by_the_calendar(text: str, due: str) -> None:
    assert shown(parse_duration(text).find_first(NOW)) == due


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "10", "1D", "P0.5M", "P-1D", "PT1S2M", "P99999999999Y", "P" + "1" * 300 + "D"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="Expected"):
        parse_duration(text)


@pytest.mark.parametrize(
    "text", ["P292278994Y", "P99999999999999Y", "PT99999999999999S", "-P9999999999999W", "PT" + "9" * 150 + ",5H"]
)
def test_a_duration_that_is_too_long_is_called_too_long(text: str) -> None:
    with pytest.raises(ExpressionError, match="less than 10000 years"):
        parse_duration(text)


def test_a_wrong_duration_gets_a_hint() -> None:
    with pytest.raises(ExpressionError, match="after a 'T'"):
        parse_duration("P10S")
    with pytest.raises(ExpressionError, match="PT10S"):
        parse_duration("10s")


@given(st.integers(0, 5000), st.integers(0, 10**14))
def test_a_duration_written_and_read_again_is_the_same(months: int, micros: int) -> None:
    duration = Duration(months, micros)

    assert parse_duration(str(duration)) == duration


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31", "2026-01-31T00:00:00Z"),
        ("2026-01-31T09:00:00+01:00", "2026-01-31T08:00:00Z"),
        ("2026-07-01T09:00:00[Europe/Berlin]", "2026-07-01T07:00:00Z"),
        ("2026-07-01T09:00:00+02:00[Europe/Berlin]", "2026-07-01T07:00:00Z"),
        ("20260101T000000Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00.250Z", "2026-01-01T00:00:00.250000Z"),
    ],
)
def test_a_date_keeps_its_zone(text: str, moment: str) -> None:
    assert shown(parse_date(text).find_first(NOW)) == moment


def test_a_date_without_zone_is_in_the_zone_given() -> None:
    assert shown(parse_date("2026-01-31T09:00:00", "Europe/Berlin").at) == "2026-01-31T08:00:00Z"


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-13-01", "2026-01-01T00:00[Mars/Olympus]", "0001-01-01T00:00+23:00"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="Expected"):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("R2/PT10S", ["2026-01-31T10:00:10Z", "2026-01-31T10:00:20Z", None]),
        ("R/P1M", ["2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z", "2026-04-30T10:00:00Z"]),
        ("R2/2026-02-01T00:00:00Z/P1D", ["2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z", None]),
        ("R/2020-01-31T00:00:00Z/P1M", ["2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z"]),
        ("R3/2020-02-01T00:00:00Z/P1D", [None]),
        ("R/2026-02-01T00:00:00Z/2026-02-01T06:00:00Z", ["2026-02-01T00:00:00Z", "2026-02-01T06:00:00Z"]),
        ("R/PT1H/2026-01-31T12:30:00Z", ["2026-01-31T11:00:00Z", "2026-01-31T12:00:00Z", None]),
        ("R-1/PT1S", ["2026-01-31T10:00:01Z", "2026-01-31T10:00:02Z"]),
        ("PT5S", ["2026-01-31T10:00:05Z", None]),
        ("R0/PT1S", [None]),
    ],
)
def test_a_repeating_interval_ends_after_its_repetitions(text: str, found: list[str | None]) -> None:
    assert occurrences(text, len(found)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("*/5 * * * *", ["2026-01-31T10:05:00Z", "2026-01-31T10:10:00Z"]),
        ("0 0/5 * * * ?", ["2026-01-31T10:05:00Z", "2026-01-31T10:10:00Z"]),
        ("0 9 * * MON-FRI", ["2026-02-02T09:00:00Z", "2026-02-03T09:00:00Z"]),
        ("0 0 12 ? * 2", ["2026-02-02T12:00:00Z", "2026-02-09T12:00:00Z"]),
        ("0 0 12 * * 1", ["2026-02-02T12:00:00Z", "2026-02-09T12:00:00Z"]),
        ("0 0 12 ? * MON#2", ["2026-02-09T12:00:00Z", "2026-03-09T12:00:00Z"]),
        ("0 0 12 ? * 6L", ["2026-02-27T12:00:00Z", "2026-03-27T12:00:00Z"]),
        ("0 0 12 ? * FRI-SUN", ["2026-01-31T12:00:00Z", "2026-02-01T12:00:00Z", "2026-02-06T12:00:00Z"]),
        ("0 0 12 L * ?", ["2026-01-31T12:00:00Z", "2026-02-28T12:00:00Z"]),
        ("0 0 12 15W * ?", ["2026-02-16T12:00:00Z", "2026-03-16T12:00:00Z", "2026-04-15T12:00:00Z"]),
        ("0 0 12 1W * ?", ["2026-02-02T12:00:00Z", "2026-03-02T12:00:00Z", "2026-04-01T12:00:00Z"]),
        ("0 0 12 31W * ?", ["2026-03-31T12:00:00Z", "2026-05-29T12:00:00Z", "2026-07-31T12:00:00Z"]),
        ("0 0 9,12 31W * ?", ["2026-03-31T09:00:00Z"]),
        ("0 0/30 10 30W 1 ?", ["2027-01-29T10:00:00Z"]),
        ("0 0 12 15W 8 ? 2027", ["2027-08-16T12:00:00Z", None]),
        ("0 0 12 L-3 * ?", ["2026-02-25T12:00:00Z", "2026-03-28T12:00:00Z"]),
        ("0 0 12 L-3W * ?", ["2026-02-25T12:00:00Z", "2026-03-27T12:00:00Z"]),
        ("0 0 12 LW * ?", ["2026-02-27T12:00:00Z", "2026-03-31T12:00:00Z"]),
        ("0 0 0 29 2 ? 2027-2029", ["2028-02-29T00:00:00Z", None]),
        ("0 0 0 1 1 ? 2020", [None]),
        ("*/20 * * * * *", ["2026-01-31T10:00:20Z", "2026-01-31T10:00:40Z"]),
        ("@daily", ["2026-02-01T00:00:00Z"]),
        ("CRON_TZ=Europe/Berlin 0 9 * * 1", ["2026-02-02T08:00:00Z"]),
    ],
)
def test_cron_is_read_as_unix_spring_and_quartz_write_it(text: str, found: list[str | None]) -> None:
    assert occurrences(text, len(found)) == found


def test_cron_keeps_to_the_wall_clock_when_the_clocks_change() -> None:
    found = occurrences("0 9 * * *", 3, at("2026-03-28T00:00:00Z"), "Europe/Berlin")

    assert found == ["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"]


@pytest.mark.parametrize("zone", ["[Europe/Berlin]", "@Europe/Berlin"])
def test_a_cycle_in_a_named_zone_keeps_to_its_wall_clock(zone: str) -> None:
    days = occurrences(f"R/2026-03-28T10:00:00{zone}/P1D", 3, at("2026-03-28T00:00:00Z"))
    months = occurrences(f"R/2026-02-28T10:00:00{zone}/P1M", 2, at("2026-03-01T00:00:00Z"))
    hours = occurrences(f"R/2026-03-28T10:00:00{zone}/PT24H", 2, at("2026-03-28T00:00:00Z"))

    assert days == ["2026-03-28T09:00:00Z", "2026-03-29T08:00:00Z", "2026-03-30T08:00:00Z"]
    assert months == ["2026-03-28T09:00:00Z", "2026-04-28T08:00:00Z"]
    assert hours == ["2026-03-28T09:00:00Z", "2026-03-29T09:00:00Z"]


@pytest.mark.parametrize("name", ["Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+3"])
def test_names_of_zones_may_hold_slashes(name: str) -> None:
    assert len(occurrences(f"R2/2026-06-01T10:00:00[{name}]/P1D", 3)) == 3
    assert occurrences(f"R2/2026-06-01T10:00:00[{name}]/P1D", 3)[2] is None


@pytest.mark.parametrize(
    "text",
    ["", "R", "R/x", "R3/", "hello", "R/PT0S", "R3/-PT1S", "* * * *", "61 * * * *", "0 0 30 2 *",
     "0 0 12 15W,20W * ?", "0 0 12 32W * ?", "0 0 12 L-31 * ?", "0 0 12 15W * MON", "0 0 12 W * ?",
     "R/2026-01-01T10:00:00[Mars/Olympus]/P1D", "R/2026-01-01T10:00:00[Europe/Berlin]",
     "0 0 12 ? * 9", "0 0 12 ? * MON 20xx", "R9999999999/PT1S", "R/2026-02-02/2026-02-01", "R1/a/b/c"],
)  # fmt: skip
def test_what_is_no_cycle_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="Expected"):
        parse_cycle(text)


@settings(max_examples=200)
@given(st.integers(0, 10**12), st.integers(1, 10**6), st.integers(1, 30), st.integers(0, 10**6))
def test_a_cycle_never_drifts(now: Millis, seconds: int, count: int, late: int) -> None:
    """However late each firing is noticed, the occurrences are multiples of the interval."""
    cycle = parse_cycle(f"R/PT{seconds}S")
    due = cycle.find_first(now)

    for fired in range(1, count):
        assert due is not None
        assert cycle.find_next(due, fired, now) == cycle.find_next(due, fired) == now + (fired + 1) * seconds * 1000
        due = cycle.find_next(due, fired, now)
    assert late >= 0


@settings(max_examples=200)
@given(st.datetimes(), st.integers(1, 400), st.integers(0, 4 * 10**12))
def test_a_start_in_the_past_gives_the_first_occurrence_not_before_now(start: object, hours: int, now: Millis) -> None:
    text = f"{start:%Y-%m-%dT%H:%M:%S}Z".rjust(20, "0")
    cycle = parse_cycle(f"R/{text}/PT{hours}H")

    first = cycle.find_first(now)

    begin = at(text)
    assert first is not None
    assert first >= now or first == begin
    assert (first - begin) % (hours * 3_600_000) == 0
    assert first - now < hours * 3_600_000 or first == begin


@settings(max_examples=300)
@given(st.text(alphabet="R/PT0123456789DHMSYW*?,-#L MONW", max_size=24))
def test_random_text_is_a_cycle_or_an_expression_error(text: str) -> None:
    try:
        parse_cycle(text).find_first(NOW)
    except ExpressionError as error:
        found = error.message
    else:
        found = "Expected"
    assert found.startswith("Expected")


@pytest.mark.parametrize(
    ("text", "attempts", "due"),
    [
        ("R5/PT10S", 5, ["2026-01-31T10:00:10Z", "2026-01-31T10:00:10Z"]),
        ("PT10S,PT1M", 3, ["2026-01-31T10:00:10Z", "2026-01-31T10:01:00Z", "2026-01-31T10:01:00Z"]),
        ("3", 3, ["2026-01-31T10:00:00Z"]),
        ("PT1M", 2, ["2026-01-31T10:01:00Z"]),
    ],
)
def test_a_retry_plan_says_how_often_and_when(text: str, attempts: int, due: list[str]) -> None:
    plan = parse_retry_cycle(text)

    assert isinstance(plan, RetryPlan)
    assert plan.attempts == attempts
    assert [shown(plan.find_due(NOW, failures)) for failures in range(1, len(due) + 1)] == due


@pytest.mark.parametrize("text", ["", "x", "R/PT1S", "R3", "PT1S,", "-1", "R3/-PT1S", "99999999"])
def test_what_is_no_retry_plan_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="Expected"):
        parse_retry_cycle(text)
