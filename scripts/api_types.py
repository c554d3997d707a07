"""Make designer/src/api/openapi.d.ts from the schemas of the OpenAPI description: `make api-types`."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from baton.web.resources import GROUPS
from baton.web.routes.document import describe

ROOT = Path(__file__).parents[1]
TYPES = ROOT / "designer" / "src" / "api" / "openapi.d.ts"
GENERATOR = ROOT / "designer" / "api-types"


def schemas() -> str:
    """The description as it is served, but for its paths; only a change of a schema changes the types."""
    described: dict[str, Any] = {**describe(GROUPS), "paths": {}}
    described["info"] = {"title": "Baton", "version": "0"}
    return json.dumps(described, sort_keys=True)


def first_line(text: str) -> str:
    """What the types begin with: from which schemas they were made."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"// Made by `make api-types` from the schemas with SHA-256 {digest}; do not edit."


def main() -> None:
    text = schemas()
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "openapi.json"), Path(folder, "openapi.d.ts")
        source.write_text(text, encoding="utf-8")
        command = ["npx", "--no-install", "openapi-typescript", str(source), "-o", str(target)]
        subprocess.run(command, cwd=GENERATOR, check=True, stdout=subprocess.DEVNULL)
        TYPES.write_text(f"{first_line(text)}\n{target.read_text(encoding='utf-8')}", encoding="utf-8")


if __name__ == "__main__":
    main()
