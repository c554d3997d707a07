"""Secrets: where they are found, how they get into a text, and that they get nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from baton.expression import MappingScope, compile_expression
from baton.launcher.settings import check_environment
from baton.secrets import SecretMissing, SecretResolver, SecretSettings, SecretUnavailable

CANARY = "canary-4711"


def make_resolver(environment: Mapping[str, str] | None = None, **settings: object) -> SecretResolver:
    return SecretResolver(SecretSettings(**settings), environment or {})  # pyright: ignore[reportArgumentType]


def test_a_secret_of_the_environment_is_put_into_a_text() -> None:
    resolver = make_resolver({"BATON_SECRET_TOKEN": CANARY})

    assert resolver.resolve("Bearer ${secrets.TOKEN}, ${ secrets.TOKEN }") == f"Bearer {CANARY}, {CANARY}"


def test_other_variables_of_the_environment_are_no_secrets() -> None:
    with pytest.raises(SecretMissing, match="Expected a secret 'PATH' of the operator"):
        make_resolver({"PATH": "/bin"}).resolve("${secrets.PATH}")


def test_a_secret_is_the_content_of_a_file_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "TOKEN").write_text(f"{CANARY}\n")

    assert make_resolver(secrets_folder=tmp_path).get("TOKEN") == CANARY


def test_a_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(CANARY)
    (tmp_path / "secrets").mkdir()
    resolver = make_resolver(secrets_folder=tmp_path / "secrets")

    assert resolver.resolve("${secrets.../outside}") == "${secrets.../outside}"


def make_command(folder: Path, code: str) -> str:
    script = folder / "find.py"
    script.write_text(f"import sys\nname = sys.argv[1]\n{code}")
    return f"{sys.executable} -I -S {script}"


def test_a_command_prints_the_secret_that_its_last_argument_names(tmp_path: Path) -> None:
    command = make_command(tmp_path, "print('value of', name)")

    assert make_resolver(secrets_command=command).get("TOKEN") == "value of TOKEN"


def test_a_command_that_knows_no_such_secret_ends_with_code_1(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing):
        make_resolver(secrets_command=make_command(tmp_path, "sys.exit(1)")).get("TOKEN")


def test_a_command_that_fails_is_reported_without_what_it_printed(tmp_path: Path) -> None:
    command = make_command(tmp_path, f"print('{CANARY}'); print('{CANARY}', file=sys.stderr); sys.exit(3)")

    with pytest.raises(SecretUnavailable, match="ended with code 3") as failed:
        make_resolver(secrets_command=command).get("TOKEN")

    assert CANARY not in str(failed.value)


def test_a_command_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    command = make_command(tmp_path, "import threading; threading.Event().wait()")

    with pytest.raises(SecretUnavailable, match="TimeoutExpired"):
        make_resolver(secrets_command=command, secrets_command_seconds=0.05).get("TOKEN")


def test_the_environment_comes_before_the_folder(tmp_path: Path) -> None:
    (tmp_path / "TOKEN").write_text("of the folder")

    assert make_resolver({"BATON_SECRET_TOKEN": CANARY}, secrets_folder=tmp_path).get("TOKEN") == CANARY


def test_a_value_is_read_again_after_its_time(tmp_path: Path) -> None:
    now = [0.0]
    resolver = SecretResolver(SecretSettings(secrets_folder=tmp_path, secrets_seconds=60), {}, lambda: now[0])
    (tmp_path / "TOKEN").write_text("before")
    resolver.get("TOKEN")
    (tmp_path / "TOKEN").write_text("after")

    now[0] = 59.0
    assert resolver.get("TOKEN") == "before"
    now[0] = 60.0
    assert resolver.get("TOKEN") == "after"


def test_what_was_given_out_is_hidden_in_messages() -> None:
    resolver = make_resolver({"BATON_SECRET_TOKEN": CANARY, "BATON_SECRET_LONGER": f"{CANARY}-b"})
    resolver.resolve("${secrets.TOKEN} ${secrets.LONGER}")

    assert resolver.hide(f"401 for {CANARY}-b and {CANARY}") == "401 for *** and ***"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a folder that is there"):
        SecretSettings(secrets_folder=tmp_path / "none")


def test_a_variable_with_a_secret_is_no_unknown_setting() -> None:
    assert check_environment({"BATON_SECRET_TOKEN": CANARY}) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${secrets.TOKEN}", "${secrets.TOKEN}"),
        ("Bearer ${secrets.TOKEN} for ${who}", "Bearer ${secrets.TOKEN} for anna"),
        ("#{secrets.TOKEN}", "${secrets.TOKEN}"),
    ],
)
def test_an_expression_leaves_the_reference_as_it_is(text: str, expected: str) -> None:
    scope = MappingScope({"who": "anna", "secrets": {"TOKEN": "of a variable"}})

    assert compile_expression(text, "juel").evaluate(scope) == expected
