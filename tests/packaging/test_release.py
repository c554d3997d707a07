"""``make release`` finds what a release would miss."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import release

ROOT = Path(__file__).parents[2]
NAMED = """# Changelog

## Unreleased

## 0.2.0 - 2026-11-28

### Added

- Much.
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that have the version, and a changelog."""
    for place in release.PLACES:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / place, tmp_path / place)
    (tmp_path / "CHANGELOG.md").write_text(NAMED)
    return tmp_path


def test_one_version_is_written_everywhere() -> None:
    assert release.check_versions(ROOT) in (ROOT / "engine" / "baton" / "__init__.py").read_text()


@pytest.mark.parametrize("place", release.PLACES)
def test_a_place_that_was_forgotten_is_named(clone: Path, place: str) -> None:
    before = (clone / place).read_text()
    release.set_version(clone, "9.9.9")
    assert release.check_versions(clone) == "9.9.9"

    (clone / place).write_text(before)

    with pytest.raises(release.NotReady, match=rf"(?s)found several.*  {place}: \d+\.\d+\.\d+"):
        release.check_versions(clone)


def test_setting_the_version_changes_nothing_else(clone: Path) -> None:
    release.set_version(clone, release.check_versions(clone))
    assert all((clone / place).read_text() == (ROOT / place).read_text() for place in release.PLACES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (NAMED.replace("## Unreleased\n\n", ""), "an empty section '## Unreleased'"),
        (NAMED.replace("## Unreleased\n", "## Unreleased\n\n- Something.\n"), "an empty section '## Unreleased'"),
        (NAMED.replace("0.2.0 -", "0.1.9 -"), "a section '## 0.2.0 - YYYY-MM-DD'"),
        (NAMED.replace(" - 2026-11-28", ""), "a section '## 0.2.0 - YYYY-MM-DD'"),
        (NAMED.partition("### Added")[0], "lines in the section 0.2.0"),
    ],
)
def test_a_changelog_that_does_not_tell_of_the_release_is_refused(clone: Path, text: str, said: str) -> None:
    release.check_changelog(clone, "0.2.0")
    (clone / "CHANGELOG.md").write_text(text)
    with pytest.raises(release.NotReady, match=said):
        release.check_changelog(clone, "0.2.0")


def test_changes_that_are_not_committed_and_tags_that_are_taken_are_refused(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    (tmp_path / "a").write_text("1")
    with pytest.raises(release.NotReady, match=r"(?s)Expected a clean tree.* a"):
        release.check_clean(tmp_path)
    git("add", "a")
    git("commit", "-m", "a")
    release.check_clean(tmp_path)
    release.check_untagged(tmp_path, "0.2.0")
    git("tag", "v0.2.0")
    with pytest.raises(release.NotReady, match=r"no tag v0\.2\.0 yet"):
        release.check_untagged(tmp_path, "0.2.0")


def test_what_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(release.NotReady, match=r"(?s)`ls nothing` to succeed.*No such file"):
        release.run(tmp_path, "ls", "nothing")
