"""`make release`: is everything there that a release needs? Changes nothing but `dist`, and says what to do next.

`python scripts/release.py --set 0.3.0` writes a version to all places that have it.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACES = {
    "engine/baton/__init__.py": r'^(__version__ = ")([^"]+)(")',
    "packages/worker/pyproject.toml": r'^(version = ")([^"]+)(")',
    "pyproject.toml": r'^(    "baton-worker==)([^"]+)(")',
    "designer/package.json": r'^(  "version": ")([^"]+)(")',
    "designer/package-lock.json": r'^(  (?:    )?"version": ")([^"]+)(")',
}
"""Where the version of Baton is written, and how; in the last file it is written twice, before all others."""
TWICE = "designer/package-lock.json"
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-release.lock")
TESTS = ("make test", "make soak", "make attack", "make upgrade FROM={last}")


class NotReady(Exception):
    """Something that a release needs is missing; the message says what, and what to do."""


def read_versions(root: Path) -> dict[str, set[str]]:
    """What each place says. Raises NotReady where there is none."""
    found: dict[str, set[str]] = {}
    for place, pattern in PLACES.items():
        matches = re.findall(pattern, (root / place).read_text(encoding="utf-8"), re.MULTILINE)
        versions = [match[1] for match in matches[: 2 if place == TWICE else 1]]
        if not versions:
            raise NotReady(f"Expected a version in {place}, but there is none")
        found[place] = set(versions)
    return found


def check_versions(root: Path) -> str:
    """The version that all places have. Raises NotReady."""
    found = read_versions(root)
    versions = set[str]().union(*found.values())
    if len(versions) > 1:
        lines = [f"  {place}: {', '.join(sorted(said))}" for place, said in found.items()]
        raise NotReady("\n".join(["Expected one version, but found several (scripts/release.py --set …):", *lines]))
    return versions.pop()


def set_version(root: Path, version: str) -> None:
    for place, pattern in PLACES.items():
        path = root / place
        count = 2 if place == TWICE else 1
        text, new = path.read_text(encoding="utf-8"), rf"\g<1>{version}\g<3>"
        path.write_text(re.sub(pattern, new, text, count=count, flags=re.MULTILINE), encoding="utf-8")


def check_changelog(root: Path, version: str) -> None:
    """Raises NotReady without a dated section of the version, or when something is still unreleased."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    unreleased = sections.get("Unreleased")
    if unreleased is None or unreleased.strip():
        raise NotReady(
            "Expected in CHANGELOG.md an empty section '## Unreleased' above the others: move its lines below"
        )
    heading = next((name for name in sections if name.partition(" ")[0] == version), None)
    if heading is None or not re.fullmatch(r"\S+ - \d{4}-\d{2}-\d{2}", heading):
        raise NotReady(f"Expected in CHANGELOG.md a section '## {version} - YYYY-MM-DD', but there is none")
    if not sections[heading].strip():
        raise NotReady(f"Expected lines in the section {version} of CHANGELOG.md, but it is empty")


def check_clean(root: Path) -> None:
    changed = run(root, "git", "status", "--porcelain").splitlines()
    if changed:
        lines = "\n".join(f"  {line}" for line in changed[:20])
        raise NotReady(f"Expected a clean tree, but found changes: commit them, or put them aside\n{lines}")


def check_untagged(root: Path, version: str) -> None:
    if run(root, "git", "tag", "--list", f"v{version}").strip():
        raise NotReady(f"Expected no tag v{version} yet: set the next version with scripts/release.py --set …")


def check_locks(root: Path) -> None:
    """Raises NotReady when `make lock` would change the lock files; they are left as they were."""
    before = {name: (root / name).read_bytes() for name in LOCKS}
    try:
        run(root, "make", "--no-print-directory", "lock")
        stale = [name for name in LOCKS if (root / name).read_bytes() != before[name]]
    finally:
        for name, content in before.items():
            (root / name).write_bytes(content)
    if stale:
        raise NotReady(
            f"Expected up to date lock files, but {', '.join(stale)} would change: run `make lock`, test, commit"
        )


def make_packages(root: Path) -> list[Path]:
    """Wheels and source packages in an emptied `dist`; the designer is built first."""
    shutil.rmtree(root / "dist", ignore_errors=True)
    run(root, "make", "--no-print-directory", "packages")
    return sorted((root / "dist").iterdir())


def check_packages(root: Path, packages: list[Path], version: str) -> None:
    """Raises NotReady for packages that are missing, that an index would refuse, or that cannot be installed."""
    names = {
        f"{name}-{version}{end}" for name in ("baton_bpmn", "baton_worker") for end in ("-py3-none-any.whl", ".tar.gz")
    }
    if {path.name for path in packages} != names:
        raise NotReady(f"Expected {sorted(names)} in dist, but found {sorted(path.name for path in packages)}")
    with make_environment() as programs:
        python = str(programs / "python")
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        run(root, *pip, "install", "--require-hashes", "-r", "requirements-release.lock")
        run(root, python, "-m", "twine", "check", "--strict", *map(str, packages))
    with make_environment() as programs:
        python = str(programs / "python")
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        run(root, *pip, "install", *(str(path) for path in packages if path.suffix == ".whl"))
        run(root, *pip, "check")
        said = run(root, str(programs / "baton"), "--version") + run(root, str(programs / "baton-worker"), "--version")
    if said.count(version) != 2:
        raise NotReady(f"Expected both commands to say {version}, but they said: {said}")


def make_sboms(root: Path, version: str) -> list[Path]:
    """What a release contains of others' (CycloneDX): Python packages by the lock file, and those in the browser."""
    engine, browser = (root / "dist" / f"baton-{version}-{part}.cdx.json" for part in ("engine", "browser"))
    with make_environment() as programs:
        pip = [str(programs / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
        run(root, *pip, "install", "--require-hashes", "-r", "requirements-release.lock")
        tool = [str(programs / "cyclonedx-py"), "requirements", "requirements.lock", "--pyproject", "pyproject.toml"]
        run(root, *tool, "--output-reproducible", "-o", str(engine))
    sbom = ["npm", "sbom", "--sbom-format=cyclonedx", "--omit=dev", "--package-lock-only"]
    browser.write_text(run(root / "designer", *sbom), encoding="utf-8")
    for path in (engine, browser):
        if not json.loads(path.read_text(encoding="utf-8")).get("components"):
            raise NotReady(f"Expected components in {path.name}, but it has none")
    return [engine, browser]


@contextmanager
def make_environment() -> Iterator[Path]:
    """The programs of a new virtual environment, which is removed afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        run(ROOT, sys.executable, "-m", "venv", folder)
        yield Path(folder) / "bin"


def run(root: Path, *command: str) -> str:
    """What it prints. Raises NotReady with that when it fails."""
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode != 0:
        tail = (done.stdout + done.stderr).strip()[-3000:]
        raise NotReady(f"Expected `{' '.join(command[:6])}` to succeed, but it did not:\n{tail}")
    return done.stdout


def check(what: str, look: Callable[[], object]) -> None:
    print(f"…   {what}", end="", flush=True)
    try:
        look()
    except BaseException:
        print(f"\r!!  {what}")
        raise
    print(f"\rok  {what}")


def release(root: Path) -> None:
    """Check one thing after the other; the first that is missing ends it."""
    check("the tree is clean", lambda: check_clean(root))
    version = check_versions(root)
    check(f"all places say {version}", lambda: None)
    check(f"v{version} is no tag yet", lambda: check_untagged(root, version))
    check(f"CHANGELOG.md has a section {version}, and nothing is unreleased", lambda: check_changelog(root, version))
    check("the lock files are up to date", lambda: check_locks(root))
    check("packages are made, with the designer", lambda: make_packages(root))
    packages = sorted((root / "dist").iterdir())
    check("an index takes them, and they install", lambda: check_packages(root, packages, version))
    check("SBOMs are made", lambda: make_sboms(root, version))
    check("the tree is still clean", lambda: check_clean(root))
    print(describe_next(root, version))


def describe_next(root: Path, version: str) -> str:
    last = run(root, "git", "tag", "--list", "v*", "--sort=-creatordate").split()
    tests = ", ".join(f"`{test.format(last=last[0] if last else 'the release before')}`" for test in TESTS)
    return f"""
Everything that can be checked here is there. Next:
  1. Tests that have passed on this commit: {tests}
  2. git tag -a v{version} -m "Baton {version}" && git push origin v{version}
  3. twine upload dist/baton_worker-{version}*   first, then   twine upload dist/baton_bpmn-{version}*
  4. docker build -t baton:{version} . && docker push …
  5. The release's page: the section {version} of CHANGELOG.md, and the SBOMs in dist (*.cdx.json)
  6. scripts/release.py --set NEXT, and commit it as the first change after the release"""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--set", metavar="VERSION", help="write this version to all places, and do nothing else")
    given = parser.parse_args()
    if given.set:
        set_version(ROOT, given.set)
        return 0
    try:
        release(ROOT)
    except NotReady as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
