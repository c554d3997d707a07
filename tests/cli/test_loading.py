"""Commands are imported when they are called, so that a short one takes a short time."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from baton.cli import SECTIONS, main

LOADED = "import sys; from baton.cli import main; main.commands[sys.argv[1]]; print(*sys.modules)"
OF_THE_SERVER = {"baton.service", "baton.web", "baton.runtime", "baton.store", "flask", "redis", "lxml.etree"}


@pytest.mark.parametrize("name", ["instances", "deploy", "complete", "history"])
def test_a_command_that_asks_a_server_loads_none_of_it(name: str) -> None:
    printed = subprocess.run([sys.executable, "-c", LOADED, name], capture_output=True, text=True, check=True).stdout
    assert OF_THE_SERVER & set(printed.split()) == set()


def test_each_command_has_the_name_under_which_it_is_called() -> None:
    names = [name for commands in SECTIONS.values() for name in commands]
    assert [main.commands[name].name for name in names] == names


def test_a_command_that_does_not_exist_names_a_near_one() -> None:
    result = CliRunner().invoke(main, ["instnces"])
    assert (result.exit_code, "Did you mean 'instances'?" in result.output) == (2, True)


def test_what_supervises_loads_no_engine() -> None:
    loaded = list_loaded("from baton.cli import serve; from baton.launcher import settings")
    assert {"baton.service.engine", "baton.runtime", "flask", "redis", "lxml.etree"} & loaded == set()


def test_the_version_is_told_without_what_sends_requests() -> None:
    assert {"requests", "pydantic", "baton.worker"} & list_loaded("import baton.cli") == set()


def test_what_speaks_with_an_openid_provider_is_loaded_where_there_is_one() -> None:
    loaded = list_loaded("from baton.web import WebSettings, create_app; import baton.web.resources")
    assert {"baton.web.resources.openid"} <= loaded
    assert {"authlib", "joserfc", "baton.web.openid.provider"} & loaded == set()


def test_what_a_process_loads_is_left_out_of_collections() -> None:
    code = "import gc, sys, types; from baton.loading import run; made = types.ModuleType('made'); made.main = lambda "
    code += (
        "*given: print(given, gc.isenabled(), gc.get_freeze_count() > 0); sys.modules['made'] = made; run('made', 'a')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "('a',) True True\n"


def list_loaded(code: str) -> set[str]:
    """The modules that a process has after these imports."""
    command = [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
