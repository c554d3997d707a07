"""Every rule has a diagram that breaks it, one that does not, and a page that explains it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from baton.bpmn import checking, read
from baton.bpmn.document import Document, parse
from baton.bpmn.lowering.processes import find_executable, lower_process
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULES = Path(__file__).parent / "rules"
PAGES = Path(__file__).parents[2] / "docs" / "reference" / "rules"
FOLDERS = sorted(folder.name for folder in RULES.iterdir())


def problems(rule: str, kind: str) -> tuple[Problem, ...]:
    return read((RULES / rule / f"{kind}.bpmn").read_bytes()).problems


def rule_ids() -> set[str]:
    modules = {rule.__module__ for rule in (*checking.DOCUMENT_RULES, *checking.MODEL_RULES)} - {
        "baton.bpmn.soundness.check"
    }
    found = {module.rpartition(".")[2].replace("_", "-") for module in modules}
    return found | {"soundness-deadlock", "soundness-synchronisation", "soundness-completion", "soundness-dead-part"}


@pytest.mark.parametrize("rule", FOLDERS)
def test_the_invalid_diagram_breaks_its_rule_at_an_element_and_a_line(rule: str) -> None:
    found = [problem for problem in problems(rule, "invalid") if problem.rule == rule]

    assert found
    assert all(problem.line and problem.element for problem in found)
    assert all(problem.message.startswith("Expected ") for problem in found)


@pytest.mark.parametrize("rule", FOLDERS)
def test_the_valid_diagram_breaks_no_rule_at_all(rule: str) -> None:
    assert [str(problem) for problem in problems(rule, "valid")] == []


def test_every_rule_has_diagrams() -> None:
    assert rule_ids() == set(FOLDERS)


def test_every_rule_has_a_page_with_what_why_and_how_to_fix() -> None:
    for rule in rule_ids():
        text = (PAGES / f"{rule}.md").read_text()
        assert text.startswith(f"# {rule}\n")
        assert all(part in text for part in ("**Why.**", "**How to fix.**"))


def test_a_rule_that_crashes_is_reported_and_hides_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(model: ProcessModel) -> list[Problem]:
        raise RuntimeError(model.id)

    monkeypatch.setattr(checking, "MODEL_RULES", {broken: (), **checking.MODEL_RULES})
    with caplog.at_level(logging.CRITICAL, logger="baton"):
        reading = read((RULES / "start-with-incoming" / "invalid.bpmn").read_bytes())

    assert {"internal", "start-with-incoming"} <= {problem.rule for problem in reading.errors}


def test_a_rule_that_has_no_memory_left_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_memory(model: ProcessModel) -> list[Problem]:
        raise MemoryError(model.id)

    monkeypatch.setattr(checking, "MODEL_RULES", {without_memory: ()})
    with pytest.raises(MemoryError):
        read((RULES / "start-with-incoming" / "invalid.bpmn").read_bytes())


@pytest.mark.parametrize("rule", FOLDERS)
def test_a_rule_that_a_file_is_not_asked_about_would_have_found_nothing_in_it(rule: str) -> None:
    document = parse((RULES / rule / "invalid.bpmn").read_bytes())
    models = lower_all(document)

    passed_over = [
        *(list(check(document)) for check, about in checking.DOCUMENT_RULES.items() if is_passed_over(document, about)),
        *(
            list(check(model))
            for check, about in checking.MODEL_RULES.items()
            for model in models
            if is_passed_over(document, about)
        ),
    ]

    assert passed_over
    assert [problem for found in passed_over for problem in found] == []


def is_passed_over(document: Document, about: tuple[str, ...]) -> bool:
    return bool(about) and document.words.isdisjoint(about)


def lower_all(document: Document) -> list[ProcessModel]:
    return [lower_process(document, process) for process in find_executable(document.root)]
