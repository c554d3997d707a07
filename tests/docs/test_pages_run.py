"""README, tutorial and how-to, executed exactly as written against a running Baton."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from baton.launcher.samples import list_samples
from baton.model import ids
from tests.docs.pages import PAGES, ROOT, Block, list_needed_modules, read_blocks
from tests.programs import require_module
from tests.running import LEAN_PYTEST, Baton, free_port, running, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SECONDS = 60
"""How long a command may need until it succeeds and prints what the page says; until then it is repeated."""
PAUSE = 0.3
"""Between two tries: each starts a process, and the server needs the processor too."""

FOLLOWED = [page for page in PAGES if any(block.runs for block in read_blocks(page))]
ADDRESS = re.compile(r"http://(127\.0\.0\.1|localhost):8080")
PORT = re.compile(r"\b57\d\d\b")
"""Ports of the reader's own programs; here each is a free one, so that nothing is in the way of what runs beside it."""
PLACEHOLDER = re.compile(r"<[^<>|]*\bid\b[^<>|]*>")


@pytest.fixture(scope="module")
def baton() -> Iterator[Baton]:
    with running("--web-processes", "1") as baton:
        until(lambda: baton.rest.get("/process-definition/count")["count"] >= len(list_samples()), SECONDS)
        yield baton


class Reader:
    """Follows a page: in the clone for the README, in an empty folder for all others."""

    def __init__(self, page: Path, baton: Baton, folder: Path) -> None:
        self._blocks = read_blocks(page)
        self._baton = baton
        self._folder = ROOT if page.parent == ROOT else folder
        if self._folder != ROOT:
            (self._folder / "data").symlink_to(baton.data)  # where `baton serve` keeps its data if nothing is said
        tools = Path(sys.executable).parent
        self._env = {**os.environ, "BATON_URL": baton.url, "PATH": f"{tools}:{os.environ['PATH']}"}
        self._env["PYTEST_ADDOPTS"] = LEAN_PYTEST
        self._env["CLONE"] = str(ROOT)
        self._ports: dict[str, str] = {}
        self._background: list[subprocess.Popen[bytes]] = []
        self._names: dict[str, object] = {}
        self._instance = ""

    def follow(self) -> None:
        for block, following in zip(self._blocks, [*self._blocks[1:], None], strict=True):
            if block.mark == "file":
                (self._folder / block.value).write_text(block.text, encoding="utf-8")
            if block.runs or block.mark == "file":
                for line in block.given:
                    self._repeat(block, line, None)
            if block.runs and block.language == "python":
                source = ADDRESS.sub(self._baton.url, block.text)
                exec(compile(source, block.place, "exec"), self._names)
            elif block.runs:
                self._run_commands(block, following if following and following.language == "text" else None)

        died = [process.args for process in self._background if process.poll()]
        assert not died, f"Expected to go on until the end of the page, but ended: {died}"

    def close(self) -> None:
        for process in self._background:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)

    def _run_commands(self, block: Block, output: Block | None) -> None:
        *others, last = block.commands
        for line in others:
            self._repeat(block, line, None)
        if block.mark == "background":
            command = self._fit(last)
            process = subprocess.Popen(command, shell=True, cwd=self._folder, env=self._env, start_new_session=True)
            self._background.append(process)
            return
        self._repeat(block, last, output)

    def _fit(self, line: str) -> str:
        """The line with the addresses and ids that there are here."""
        line = PORT.sub(lambda found: self._ports.setdefault(found[0], str(free_port())), line)
        return ADDRESS.sub(self._baton.url, PLACEHOLDER.sub(self._instance, line))

    def _repeat(self, block: Block, line: str, output: Block | None) -> None:
        """What is asked right after a step may come a moment too early, for a person too."""
        command = self._fit(line)
        deadline = time.monotonic() + SECONDS
        while True:
            done = subprocess.run(
                ["bash", "-ec", command],
                cwd=self._folder,
                env=self._env,
                input="y\n",  # for what asks whether it is meant
                capture_output=True,
                text=True,
                check=False,
            )
            printed = done.stdout + done.stderr
            if done.returncode == 0 and (output is None or make_pattern(output.text).search(printed)):
                break
            wanted = "" if output is None else f"\nexpected\n{output.text}"
            assert time.monotonic() < deadline, f"{block.place}: {command}\n{printed}{wanted}\n{self._baton.logs()}"
            time.sleep(PAUSE)
        if command.startswith("baton start"):
            self._instance = next(word for word in re.split(r"[\s()]+", printed) if ids.is_instance_id(word))


def make_pattern(output: str) -> re.Pattern[str]:
    """``…`` stands for anything, and any white space for any other."""
    lines = [
        r"\s+".join(r".*?".join(map(re.escape, word.split("…"))) for word in line.split())
        for line in output.splitlines()
    ]
    return re.compile(r"\s+".join(line for line in lines if line), re.DOTALL)


@pytest.mark.parametrize("page", FOLLOWED, ids=lambda page: page.name)
@pytest.mark.timeout(600)
def test_a_page_can_be_followed_to_the_letter(page: Path, baton: Baton, tmp_path: Path) -> None:
    for module in list_needed_modules(page):
        require_module(module)
    reader = Reader(page, baton, tmp_path)
    try:
        reader.follow()
    finally:
        reader.close()
