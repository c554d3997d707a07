"""The fenced blocks of a page, and what is to be done with each: see ``CONTRIBUTING.md``, "Docs that run"."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs" / "tutorial").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
]

OTHER_PAGES = sorted(
    page
    for page in (ROOT / "docs").rglob("*.md")
    if page.parent.name not in ("tutorial", "how-to", "decisions")  # a decision says what was true when it was made
)
"""Pages to look something up: their commands must exist and their Python must parse, but nobody follows them."""

RUNNABLE = {"sh", "bash", "python"}

_FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_NEEDS = re.compile(r"^<!-- needs: ([\w ]+) -->$", re.MULTILINE)
_MARK = re.compile(r"<!-- (?P<kind>file|background|not run|run by)(?:: (?P<value>[^>]+))? -->\s*\Z")
_GIVEN = re.compile(r"^<!-- given: (.+) -->$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """``mark`` is the comment before it: ``file`` and its name, ``background``, ``run by`` a test, ``not run`` and why.

    ``given``: commands that do what a reader has done already, elsewhere or in the browser.
    """

    place: str
    language: str
    text: str
    mark: str | None
    value: str
    given: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        return self.language in RUNNABLE and self.mark not in ("file", "not run", "run by")

    @property
    def commands(self) -> list[str]:
        lines = self.text.replace("\\\n", " ").splitlines()
        return [line for line in lines if line and not line.startswith("#")]


def list_needed_modules(page: Path) -> list[str]:
    """What must be installed beside Baton to follow the page."""
    found = _NEEDS.search(page.read_text(encoding="utf-8"))
    return found[1].split() if found else []


def read_blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    blocks: list[Block] = []
    end = 0
    for fence in _FENCE.finditer(text):
        mark = _MARK.search(text, 0, fence.start())
        line = text.count("\n", 0, fence.start()) + 1
        blocks.append(
            Block(
                place=f"{page.relative_to(ROOT)}:{line}",
                language=fence["language"],
                text=fence["text"],
                mark=mark["kind"] if mark else None,
                value=(mark["value"] or "").strip() if mark else "",
                given=tuple(_GIVEN.findall(text, end, fence.start())),
            )
        )
        end = fence.end()
    return blocks


def find_block(page: str, words: str) -> Block:
    """The one block of the page that contains the words: for tests that run what it says."""
    (found,) = [block for block in read_blocks(ROOT / page) if words in block.text]
    return found


def read_serving(line: str, replaced: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Settings and options of a line such as ``BATON_REPLICAS=1 baton serve --no-samples``, without its port.

    ``replaced``: what stands there for something of the reader's, and what it is here.
    """
    for there, here in replaced.items():
        assert there in line, f"Expected '{there}' in: {line}"
        line = line.replace(there, here)
    words = shlex.split(line, comments=True)
    at = words.index("baton")
    assert words[at + 1] == "serve", line
    options = words[at + 2 :]
    if "--port" in options:
        del options[options.index("--port") : options.index("--port") + 2]
    return dict(word.split("=", 1) for word in words[:at]), options
