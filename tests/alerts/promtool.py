"""Prometheus' own judgement of what Baton's metrics were: no server, the time is an argument."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.programs import require_program
from tests.running import ROOT

RULES = ROOT / "deploy" / "prometheus" / "alerts.yml"
STEP_S = 30
"""From one scrape to the next."""


def run_promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([require_program("promtool"), *arguments], capture_output=True, text=True, check=False)


def list_series(text: str) -> dict[str, float]:
    """What a scrape says: the series as Prometheus writes them, with their values."""
    return {
        f"{sample.name}{{{','.join(f'{name}={json.dumps(value)}' for name, value in sample.labels.items())}}}": float(
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def list_firing(folder: Path, scrapes: Sequence[tuple[str, int]], alerts: Iterable[str]) -> list[str]:
    """Which alerts fire in the end, if each scrape has stayed as it is for so many steps."""
    values: dict[str, list[str]] = {}
    for place, (text, steps) in enumerate(scrapes):
        found = list_series(text)
        for name in found.keys() | values.keys():
            row = values.setdefault(name, [f"_x{scrape[1]}" for scrape in scrapes[:place]])
            row.append(f"{found[name]:.3f}+0x{steps - 1}" if name in found else f"_x{steps}")
    end = sum(steps for _, steps in scrapes) * STEP_S - STEP_S
    return [alert for alert in alerts if _fires(folder, values, alert, end)]


def _fires(folder: Path, values: dict[str, list[str]], alert: str, end: int) -> bool:
    expected = {
        "expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) > bool 0',
        "eval_time": f"{end}s",
        "exp_samples": [{"labels": "{}", "value": 1}],
    }
    test: dict[str, Any] = {
        "interval": f"{STEP_S}s",
        "input_series": [{"series": name, "values": " ".join(row)} for name, row in values.items()],
        "promql_expr_test": [expected],
    }
    file = folder / f"{alert}.json"  # JSON is YAML too
    file.write_text(
        json.dumps({"rule_files": [str(RULES)], "evaluation_interval": f"{STEP_S}s", "tests": [test]}),
    )
    done = run_promtool("test", "rules", str(file))
    assert "unexpected" not in done.stderr, done.stderr
    assert done.returncode == 0 or "got: nil" in done.stdout + done.stderr, done.stdout + done.stderr
    return done.returncode == 0
