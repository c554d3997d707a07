"""What is done to the server: each attack sends something that costs far more than it looks like."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from bench.models import HEAD, Process, external
from tests.running import Baton, until

TIMEOUT = 120.0
CARDINALITY = 30_000_000
TOO_MANY_RULES = 40_000
"""More than fit into a file that is read."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is sent."""

    gateways: int = 60
    chain: int = 100_000
    attributes: int = 50_000
    checks: int = 4
    long_models: int = 8
    long_chain: int = 10_000
    """Tasks in each of the long models."""
    rules: int = 5_000
    most_rules: int = 24_000
    iterations: int = 10_000
    slow: int = 300
    frozen_seconds: float = 3.0
    calm_seconds: float = 5.0
    pause: float = 0.02
    """Seconds between two requests of a bystander."""
    compute_seconds: float = 10.0
    """The budget of a request (BATON_COMPUTE_SECONDS)."""


SMALL = Scale(
    gateways=25,
    chain=40_000,
    attributes=2_000,
    checks=2,
    long_models=2,
    long_chain=2_000,
    rules=500,
    most_rules=2_000,
    iterations=500,
    slow=20,
    frozen_seconds=1.0,
    calm_seconds=1.0,
    pause=0.2,
    compute_seconds=4.0,
)


@dataclass
class Target:
    """The server under attack, and what it answered: how often each status, and what was not as expected."""

    baton: Baton
    scale: Scale
    answers: Counter[int] = field(default_factory=Counter[int])
    wrong: list[str] = field(default_factory=list[str])
    excused: float = 0.0
    """Seconds that nobody can be served, whatever Baton does."""

    def post(self, path: str, **more: Any) -> requests.Response:
        answer = requests.post(f"{self.baton.url}/engine-rest{path}", timeout=TIMEOUT, **more)
        self.answers[answer.status_code] += 1
        return answer

    def check(self, model: str) -> requests.Response:
        headers = {"Content-Type": "application/xml"}
        return self.post("/process-definition/check", data=model.encode(), headers=headers)

    def deploy(self, name: str, content: str) -> requests.Response:
        return self.post("/deployment/create", files={name: (name, content.encode())})

    def start(self, key: str, variables: dict[str, Any] | None = None) -> requests.Response:
        typed = {name: {"value": value} for name, value in (variables or {}).items()}
        return self.post(f"/process-definition/key/{key}/start", json={"variables": typed})

    def expect(self, holds: bool, what: str) -> None:
        if not holds:
            self.wrong.append(what)


# -- nothing at all


def do_nothing(target: Target) -> None:
    """What others wait for on this machine when nobody attacks."""
    over = time.monotonic() + target.scale.calm_seconds
    while time.monotonic() < over:
        target.start("nothing-by-this-name")
        time.sleep(0.5)


# -- steps whose cost a variable chooses


def run_poison_steps(target: Target) -> None:
    """A cardinality of millions, one that is just allowed, and ranges in a condition."""
    target.expect(target.deploy("loop.bpmn", _loop_model()).ok, "the model of a loop was not deployed")
    poisoned = target.start("loop", {"count": CARDINALITY})
    target.expect(poisoned.status_code < 500, f"a large cardinality was answered with {poisoned.status_code}")
    target.start("loop", {"count": target.scale.iterations})
    incidents = target.baton.rest.get("/incident", {"processDefinitionKeyIn": "loop"})
    kinds = [incident["incidentType"] for incident in incidents]
    target.expect(kinds == ["limitExceeded"], f"expected one incident of a poisoned loop, but found {kinds}")
    target.deploy("range.bpmn", _range_model())
    for text in (
        f"count(for i in 1..{CARDINALITY} return i) > 0",
        "count(for i in 1..9999, j in 1..9999 return i) > 0",
    ):
        target.post("/simulation", json={"bpmn": _range_model(text), "command": {"type": "start"}})
    target.start("range")


def _loop_model() -> str:
    loop = '<multiInstanceLoopCharacteristics isSequential="false"><loopCardinality>${count}</loopCardinality>'
    process = Process("loop").add('<startEvent id="s"/><endEvent id="e"/>')
    process.add(external("work", "nobody", f"{loop}</multiInstanceLoopCharacteristics>"))
    return process.chain("s", "work", "e").xml()


def _range_model(condition: str = f"count(for i in 1..{CARDINALITY} return i * i) > 0") -> str:
    process = Process("range").add('<startEvent id="s"/><exclusiveGateway id="g" default="f3"/><endEvent id="e"/>')
    process.add('<endEvent id="other"/>')
    process.chain("s", "g")
    process.flow("g", "other", f"={condition}")
    process.flow("g", "e")
    return process.xml()


# -- files that cost much to check


def send_dense_files(target: Target) -> None:
    """Gateways each with all, long chains, very many attributes: checked at once, deployed, and started.

    Of the long ones there are so many that a process which kept all in memory would grow too large.
    """
    scale = target.scale
    dense = _dense_model(scale.gateways)
    models = [dense] * scale.checks + [_chain_model("chain", scale.chain), _attribute_model(scale.attributes)]
    with ThreadPoolExecutor(len(models)) as pool:
        list(pool.map(target.check, models))
    long = {f"long-{n}": _chain_model(f"long-{n}", scale.long_chain) for n in range(scale.long_models)}
    for name, model in {"dense": dense, "chain": models[-2], **long}.items():
        if target.deploy(f"{name}.bpmn", model).ok:
            target.start(name)


def _dense_model(gateways: int) -> str:
    process = Process("dense").add('<startEvent id="s"/><endEvent id="e"/>')
    for number in range(gateways):
        process.add(f'<inclusiveGateway id="g{number}"/>')
    process.flow("s", "g0")
    for source in range(gateways):
        for target in range(gateways):
            if source != target:
                process.flow(f"g{source}", f"g{target}", "true")
    process.flow("g1", "e", "true")
    return process.xml()


def _chain_model(key: str, tasks: int) -> str:
    process = Process(key).add('<startEvent id="s"/><endEvent id="e"/>')
    for number in range(tasks):
        process.add(f'<manualTask id="t{number}"/>')
    return process.chain("s", *(f"t{number}" for number in range(tasks)), "e").xml()


def _attribute_model(attributes: int) -> str:
    many = " ".join(f'a{number}="1"' for number in range(attributes))
    return f'{HEAD}<process id="p" isExecutable="true"><startEvent id="s" {many}/></process></definitions>'


# -- decisions that cost much to read


def send_wide_decisions(target: Target) -> None:
    """Tables of thousands of rules: deployed, evaluated, asked by processes; and one that is too large to be read."""
    target.expect(target.deploy("wide.dmn", _table("wide", target.scale.rules)).ok, "the table was not deployed")
    with ThreadPoolExecutor(4) as pool:
        asked = [_ask_for_last(target.scale.rules)] * 8
        answers = list(
            pool.map(
                lambda body: target.post("/decision-definition/key/wide/evaluate", json={"variables": body}), asked
            )
        )
    target.expect(all(answer.ok for answer in answers), "a table was not evaluated")
    target.deploy("widest.dmn", _table("widest", target.scale.most_rules))
    for key, rules in (("wide", target.scale.rules), ("widest", target.scale.most_rules)):
        target.expect(target.deploy("asks.bpmn", _asking_model(key)).ok, "the model that asks was not deployed")
        body = {"variables": _ask_for_last(rules)}
        for _ in range(2):
            started = target.post(f"/process-definition/key/asks-{key}/start", json=body).json()
            ended = target.baton.wait_for_end(started["id"], TIMEOUT)
            target.expect(ended["header"]["state"] == "completed", f"a process that asks the table '{key}' has failed")
    target.deploy("too-wide.dmn", _table("too-wide", TOO_MANY_RULES))


def _ask_for_last(rules: int) -> dict[str, Any]:
    """Variables for which the last rule is the one that matches."""
    return {"x": {"value": rules - 1}, "y": {"value": f"k{rules - 1}"}}


def _table(key: str, rules: int) -> str:
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t"><decision '
    table = "".join(
        f'<rule id="r{n}"><inputEntry id="a{n}"><text>[{n}..{n + 1})</text></inputEntry><inputEntry id="b{n}"><text>'
        f'"k{n}"</text></inputEntry><outputEntry id="c{n}"><text>"v{n}"</text></outputEntry></rule>'
        for n in range(rules)
    )
    return (
        f'{head}id="{key}" name="{key}"><decisionTable id="t" hitPolicy="FIRST">'
        '<input id="i1"><inputExpression id="e1" '
        'typeRef="number"><text>x</text></inputExpression></input><input id="i2"><inputExpression id="e2" '
        'typeRef="string"><text>y</text></inputExpression></input><output id="o" name="o" typeRef="string"/>'
        f"{table}</decisionTable></decision></definitions>"
    )


def _asking_model(key: str) -> str:
    process = Process(f"asks-{key}").add('<startEvent id="s"/><endEvent id="e"/>')
    process.add(f'<businessRuleTask id="ask" camunda:decisionRef="{key}" camunda:resultVariable="found"/>')
    return process.chain("s", "ask", "e").xml()


# -- requests that trickle in


def send_slow_bodies(target: Target) -> None:
    """Heads and bodies, a byte now and then: each is cut off, and answered with 408."""
    line = b"POST /engine-rest/process-definition/key/loop/start HTTP/1.1\r\nHost: localhost\r\n"
    body = line + b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
    with ExitStack() as stack:
        open_ones = [stack.enter_context(_connect(target.baton)) for _ in range(target.scale.slow)]
        for number, sock in enumerate(open_ones):
            sock.sendall(body if number % 2 else line)
        deadline = time.monotonic() + TIMEOUT
        while open_ones and time.monotonic() < deadline:
            _trickle(target, open_ones)
        target.expect(not open_ones, f"{len(open_ones)} connections were never cut off")


def _trickle(target: Target, open_ones: list[socket.socket]) -> None:
    """One byte on each connection, and what was answered meanwhile; those that are closed are taken out."""
    for sock in select.select(open_ones, [], [], 0.2)[0]:
        answer = b""
        with suppress(ConnectionError):
            answer = sock.recv(65536)
        if answer.startswith(b"HTTP/1.1 "):
            target.answers[int(answer[9:12])] += 1
        elif not answer:
            open_ones.remove(sock)
    for sock in open_ones:
        with suppress(ConnectionError):
            sock.sendall(b"x")


def _connect(baton: Baton) -> socket.socket:
    return socket.create_connection(("127.0.0.1", baton.port), timeout=TIMEOUT)


# -- a frozen store


def freeze_store(target: Target) -> None:
    """SIGSTOP of the store for some seconds: what needs no store is answered, everything else goes on afterwards."""
    store = next(pid for pid in target.baton.pids() if b"valkey-server" in Path(f"/proc/{pid}/cmdline").read_bytes())
    target.excused = target.scale.frozen_seconds
    os.kill(store, signal.SIGSTOP)
    try:
        for path in _spread(target.scale.frozen_seconds):
            answer = requests.get(f"{target.baton.url}{path}", timeout=TIMEOUT)
            target.answers[answer.status_code] += 1
    finally:
        os.kill(store, signal.SIGCONT)
    until(lambda: requests.get(f"{target.baton.url}/readyz", timeout=TIMEOUT).ok or None, 30)


def _spread(seconds: float) -> Iterator[str]:
    """Paths to ask for, until so much time has passed."""
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        yield "/readyz"
        yield "/engine-rest/version"
        time.sleep(0.1)


ATTACKS: dict[str, Callable[[Target], None]] = {
    "none": do_nothing,
    "poison steps": run_poison_steps,
    "dense files": send_dense_files,
    "wide decisions": send_wide_decisions,
    "slow bodies": send_slow_bodies,
    "frozen store": freeze_store,
}
