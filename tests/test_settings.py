"""Settings: what is read, what is refused and in which words, and the page that is generated from them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from baton.launcher.settings import ROOMS, check_environment
from baton.log_settings import LogSettings
from baton.service import Settings
from baton.settings import RoomSettings, WrongSetting, list_fields, list_variables
from baton.web import WebSettings
from scripts.settings_page import PAGE, render

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "engine" / "baton"
SAMPLES = ROOT / "definitions"
KEY = "1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


@pytest.mark.parametrize(
    ("room", "variable", "text", "name", "value"),
    [
        (Settings, "BATON_PARTITIONS", "16", "partitions", 16),
        (Settings, "BATON_MAX_MEMORY_SHARE", "0.5", "max_memory_share", 0.5),
        (Settings, "BATON_PARTITIONS", "", "partitions", 64),
        (WebSettings, "BATON_HOSTS", "a.example, b.example", "hosts", ("a.example", "b.example")),
        (WebSettings, "BATON_HOSTS", "*", "hosts", None),
        (WebSettings, "BATON_ORIGINS", "https://a:1,", "origins", ("https://a:1",)),
        (WebSettings, "BATON_BIND", "0.0.0.0:80", "hosts", None),
        (WebSettings, "BATON_BIND", "[::1]:80", "hosts", WebSettings().hosts),
        (LogSettings, "BATON_LOG_LEVEL", "WARNING", "log_level", "warning"),
    ],
)
def test_a_setting_is_read_from_its_variable(
    room: type[RoomSettings], variable: str, text: str, name: str, value: Any
) -> None:
    assert getattr(room.from_environment({variable: text}), name) == value


def test_the_test_clock_is_ahead_of_the_clock(tmp_path: Path) -> None:
    (tmp_path / "shift").write_text("3600000")

    settings = Settings.from_environment({"BATON_TEST_CLOCK": str(tmp_path / "shift")})

    assert settings.clock() - Settings().clock() > 3_590_000


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("BATON_LEASE_MS", "soon", "Expected BATON_LEASE_MS to be a whole number of at least 1, but found 'soon'"),
        ("BATON_REPLICAS", "-1", "Expected BATON_REPLICAS to be a whole number of at least 0, but found '-1'"),
        ("BATON_MAX_MEMORY_SHARE", "0", "Expected BATON_MAX_MEMORY_SHARE to be a number above 0, but found '0'"),
        ("BATON_LOG", "xml", "Expected BATON_LOG to be one of 'json', 'text', but found 'xml'"),
        ("BATON_MAX_STREAMS", "many", "Expected BATON_MAX_STREAMS to be a whole number of at least 0"),
        ("BATON_DEMO_PACE", "slow", "Expected BATON_DEMO_PACE to be a number of at least 0, but found 'slow'"),
        ("BATON_TOPIC_LIMITS", "work", "Expected BATON_TOPIC_LIMITS to be like"),
        ("BATON_ENCRYPTION_KEYS", "1:short", "Expected BATON_ENCRYPTION_KEYS to be like 'number:base64"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_what_is_expected_and_found(
    variable: str, text: str, message: str
) -> None:
    with pytest.raises(WrongSetting, match=re.escape(message)):
        check_environment({variable: text})


def test_all_that_is_refused_is_named_at_once() -> None:
    with pytest.raises(WrongSetting) as refused:
        check_environment({"BATON_LEASE_MS": "x", "BATON_PARTITIONS": "y", "BATON_LOG": "z"})

    assert len(str(refused.value).splitlines()) == 3


def test_a_secret_is_in_no_message() -> None:
    secret = f"{KEY},2:{'B' * 21}"
    with pytest.raises(WrongSetting) as refused:
        Settings.from_environment({"BATON_ENCRYPTION_KEYS": secret})

    assert "BBBB" not in str(refused.value)
    assert "QUFB" not in repr(Settings(encryption_keys=KEY, redis_url="redis://me:QUFB@host"))


def test_a_variable_that_is_no_setting_gets_a_warning_with_the_nearest_name() -> None:
    warnings = check_environment({"BATON_LEASE": "5", "BATON_NONSENSE": "1", "BATON_URL": "http://a", "PATH": "x"})

    assert warnings == [
        "BATON_LEASE is set, but there is no such setting; did you mean BATON_LEASE_MS?",
        "BATON_NONSENSE is set, but there is no such setting",
    ]


def test_values_given_in_code_take_precedence_and_read_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_PARTITIONS", "7")

    assert Settings.from_environment(lease_ms=5).partitions == 7
    assert Settings.from_environment({"BATON_LEASE_MS": "4"}, lease_ms=5).lease_ms == 5
    assert Settings().partitions == 64


def test_no_two_rooms_have_a_setting_of_one_name_and_each_is_described() -> None:
    names = [variable for room in ROOMS for variable in list_variables(room)]

    assert len(names) == len(set(names))
    assert [variable for room in ROOMS for variable, field in list_fields(room) if not field.description] == []


def test_the_environment_is_read_by_settings_alone() -> None:
    readers = {
        str(path.relative_to(folder))
        for folder in (ENGINE, SAMPLES)
        for path in folder.rglob("*.py")
        if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    }

    launchers = {f"launcher/{name}.py" for name in ("supervisor", "owned_process", "processes")}
    pass_it_to_child_processes = {"store/server.py"} | launchers
    # The SDK is a package of its own, without settings; NO_COLOR is a convention of all programs on terminals.
    others = {"worker/rest.py", "worker/tls.py", "cli/color.py"}
    assert readers == {"settings.py", "launcher/settings.py"} | pass_it_to_child_processes | others


def test_the_page_of_the_settings_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == render(page), "run `make docs-settings`"
