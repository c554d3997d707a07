"""Blocks that are part of something of the reader's: a model, a file of settings, a module of workers."""

from __future__ import annotations

import json
import shlex
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from baton.bpmn import read
from baton.secrets import SecretResolver, SecretSettings
from baton.testing import make_task
from baton.worker import BpmnError, Failure
from baton.worker.handler import Handler
from tests.docs.pages import OTHER_PAGES, PAGES, ROOT, Block, find_block, read_blocks
from tests.docs.test_blocks import list_unknown_options
from tests.programs import require_program

BLOCKS = [block for page in [*PAGES, *OTHER_PAGES] for block in read_blocks(page)]
TEMPLATE = "docs/how-to/call-over-http.md"
"""Its JSON is a body with expressions in it, not a file."""

MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:fragment"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <process id="fragment" isExecutable="true" camunda:historyTimeToLive="P30D">
    <extensionElements><camunda:properties>{properties}</camunda:properties></extensionElements>
    <startEvent id="Start"/>
    <sequenceFlow id="f1" sourceRef="Start" targetRef="Call"/>
    <serviceTask id="Call" camunda:type="external" camunda:topic="http-connector"><extensionElements>
      <camunda:inputOutput>
        <camunda:inputParameter name="url">https://api.example.com</camunda:inputParameter>{inputs}
      </camunda:inputOutput>
    </extensionElements></serviceTask>
    <sequenceFlow id="f2" sourceRef="Call" targetRef="End"/>
    <endEvent id="End"/>
  </process>
</definitions>"""


def complete_model(text: str) -> str:
    """The file that a fragment is part of."""
    if "<definitions" in text:
        return text
    if "<process" in text:  # personal-data.md: a process whose rest is left out
        rest = '<startEvent id="Start"/><sequenceFlow id="f" sourceRef="Start" targetRef="End"/><endEvent id="End"/>'
        whole = text.replace('isExecutable="true">', 'isExecutable="true" camunda:historyTimeToLive="P30D">')
        head = MODEL.partition("<process")[0]
        return f"{head}{whole}{rest}</process></definitions>"
    place = "properties" if "<camunda:property" in text else "inputs"
    return MODEL.format(**{"properties": "", "inputs": "", place: text})


FRAGMENTS = [block for block in BLOCKS if block.language == "xml" and block.mark != "file"]


@pytest.mark.parametrize("block", FRAGMENTS, ids=lambda block: block.place)
def test_fragments_of_models_are_accepted(block: Block) -> None:
    """Those of docs/how-to/secrets.md and docs/how-to/secure.md among them."""
    found = read(complete_model(block.text).encode())
    assert [problem.message for problem in found.problems if problem.rule != "not-deployed"] == []


@pytest.mark.parametrize(
    "block",
    [block for block in BLOCKS if block.language in ("json", "yaml", "toml") and TEMPLATE not in block.place],
    ids=lambda block: block.place,
)
def test_data_on_pages_can_be_read(block: Block) -> None:
    loaders = {"json": load_json, "yaml": yaml.safe_load, "toml": tomllib.loads}
    assert loaders[block.language](block.text)


def load_json(text: str) -> list[Any]:
    """One value, or one on each line."""
    whole = text.count("\n{") == 0 or text.startswith("[")
    return [json.loads(value) for value in ([text] if whole else text.splitlines())]


def test_the_workflow_for_github_has_actions_with_versions_and_commands_that_exist() -> None:
    workflow = yaml.safe_load(find_block("docs/how-to/ci.md", "runs-on: ubuntu").text)
    steps = workflow["jobs"]["processes"]["steps"]
    assert all("@v" in step["uses"] for step in steps if "uses" in step)
    assert [option for step in steps if "run" in step for option in list_unknown_options(step["run"])] == []
    assert all(set(step) <= {"uses", "with", "run", "if"} for step in steps)


MAKE = [block for block in BLOCKS if block.language in ("sh", "bash") and "make " in block.text]


@pytest.mark.parametrize("block", MAKE, ids=lambda block: block.place)
def test_every_target_of_make_on_a_page_exists(block: Block) -> None:
    make = require_program("make")
    for line in block.commands:
        if line.startswith("make "):
            words = shlex.split(line, comments=True)[1:]
            done = subprocess.run([make, "-n", *words], cwd=ROOT, capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stderr


def test_a_secret_comes_from_the_command_of_a_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = tmp_path / "vault"
    vault.write_text('#!/bin/sh\n[ "$*" = "kv get -field=value -mount=baton PAYMENTS_TOKEN" ] && printf t0ken\n')
    vault.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    text = find_block("docs/how-to/secrets.md", "BATON_SECRETS_COMMAND=").text
    command = text.partition("=")[2].strip().strip('"')

    secrets = SecretResolver(SecretSettings(secrets_command=command), {})

    assert secrets.get("PAYMENTS_TOKEN") == "t0ken"


class CardDeclined(Exception):
    pass


@dataclass
class Receipt:
    id: str
    declined: bool = False


class Bank:
    """What the reader has: a bank, a payment service, post and a program that converts."""

    def charge(self, *given: Any, **named: Any) -> Receipt:
        amount = next(value for value in (*given, *named.values()) if not isinstance(value, UUID))
        if amount == 13:
            raise CardDeclined("declined")
        return Receipt("R-1", declined=amount == 12)

    def send(self, *_given: Any) -> None:
        return None


def load_handlers(page: str, words: str) -> Handler:
    names: dict[str, Any] = {"bank": Bank(), "payments": Bank(), "mail": Bank(), "CardDeclined": CardDeclined}
    names |= {"read_pages": lambda file: list(file), "convert_page": lambda page: page, "Receipt": Receipt}
    exec("from decimal import Decimal\nfrom uuid import UUID\nfrom baton.worker import *", names)
    exec(compile(find_block(page, words).text, page, "exec"), names)
    (handler,) = [value for value in names.values() if isinstance(value, Handler)]
    return handler


def test_workers_on_pages_do_their_tasks() -> None:
    charge = load_handlers("README.md", "bank.charge")
    assert charge.begin(make_task({"amount": 49})) == {"receipt": "R-1"}
    with pytest.raises(BpmnError, match="declined the card"):
        charge.begin(make_task({"amount": 12}))

    page = "docs/how-to/write-a-worker.md"
    both = load_handlers(page, "charge-and-mail")
    assert both.begin(make_task({"amount": 49, "email": "ann@example.org"}))["receipt"]
    typed = load_handlers(page, "errors={CardDeclined")
    order = {"order_id": "12345678-1234-5678-1234-567812345678"}
    assert typed.begin(make_task({**order, "amount": "49.50"})) == Receipt("R-1")
    with pytest.raises(CardDeclined):
        typed.begin(make_task({**order, "amount": "13"}))
    with pytest.raises(Failure, match="amount"):
        typed.begin(make_task({**order, "amount": "a lot"}))
    assert load_handlers(page, "read_pages").begin(make_task({"file": "abc"})) == {"pages": 3}
