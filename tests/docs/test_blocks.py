"""What stands in README and docs as a command or as Python is true: it parses, and names what there is."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import click
import pytest

from baton import AsyncClient, Client
from baton.cli import main
from tests.docs.pages import OTHER_PAGES, PAGES, ROOT, Block, read_blocks

BLOCKS = [block for page in [*PAGES, *OTHER_PAGES] for block in read_blocks(page)]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)")


def find_command(words: list[str]) -> click.Command:
    """The command that ``baton`` runs for these words. Raises KeyError naming one that does not exist."""
    command: click.Command = main
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.commands[word]
    return command


def list_unknown_options(line: str) -> list[str]:
    if "baton " not in line:  # it may be one line of several of another program
        return []
    words = [word for word in shlex.split(line, comments=True) if "=" not in word or word.startswith("-")]
    if not words or Path(words[0]).name != "baton":
        return []
    words = words[1:]
    known = {option for parameter in find_command(words).params for option in parameter.opts + parameter.secondary_opts}
    return [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if block.language in ("sh", "bash")], ids=lambda b: b.place
)
def test_every_command_and_option_on_a_page_exists(block: Block) -> None:
    assert [option for line in block.commands for option in list_unknown_options(line)] == []


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "python"], ids=lambda b: b.place)
def test_every_python_block_on_a_page_is_python(block: Block) -> None:
    compile(block.text, block.place, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_what_is_not_run_has_its_reason() -> None:
    assert [block.place for block in BLOCKS if block.mark == "not run" and len(block.value.split()) < 3] == []


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_the_reference_of_the_client_has_every_call(client: type) -> None:
    text = (ROOT / "docs" / "reference" / "client.md").read_text(encoding="utf-8")
    calls = {name for name in vars(client) if not name.startswith("_")} - {"close"}
    assert [name for name in sorted(calls) if f"`{name}(" not in text] == []


RUN_ELSEWHERE = [block for block in BLOCKS if block.mark == "run by"]


@pytest.mark.parametrize("block", RUN_ELSEWHERE, ids=lambda block: block.place)
def test_what_another_test_runs_is_read_by_that_test_from_the_page(block: Block) -> None:
    file, _, name = block.value.partition("::")
    source = (ROOT / file).read_text(encoding="utf-8")
    functions = [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    assert name in functions
    assert block.place.partition(":")[0] in source, f"Expected {file} to read the page"


@pytest.mark.parametrize("page", [*PAGES, *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
