"""The fenced blocks of a page, and what is to be done with each: see ``CONTRIBUTING.md``, "Docs that run"."""

from __future__ import annotations

import re
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
_MARK = re.compile(r"<!-- (?P<kind>file|background|not run)(?:: (?P<value>[^>]+))? -->\s*\Z")


@dataclass(frozen=True)
class Block:
    """``mark`` is the comment before it: ``file`` and its name, ``background``, or ``not run`` and why."""

    place: str
    language: str
    text: str
    mark: str | None
    value: str

    @property
    def runs(self) -> bool:
        return self.language in RUNNABLE and self.mark not in ("file", "not run")

    @property
    def commands(self) -> list[str]:
        return [line for line in self.text.splitlines() if line and not line.startswith("#")]


def list_needed_modules(page: Path) -> list[str]:
    """What must be installed beside Baton to follow the page."""
    found = _NEEDS.search(page.read_text(encoding="utf-8"))
    return found[1].split() if found else []


def read_blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    blocks: list[Block] = []
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
            )
        )
    return blocks
