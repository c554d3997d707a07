"""``baton check``: files without a server, as text and as reports that other tools read."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from baton.cli import main

RIGHT = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="t">
  <process id="right" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="Start"/>
    <sequenceFlow id="f1" sourceRef="Start" targetRef="Done"/>
    <endEvent id="Done"/>
  </process>
</definitions>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "right.bpmn").write_text(RIGHT)
    below = tmp_path / "below"
    below.mkdir()
    (below / "wrong.bpmn").write_text(
        RIGHT.replace("right", "wrong").replace('"Done"/>\n    <end', '"Nowhere"/>\n    <end')
    )
    return tmp_path


def check(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def test_right_files_are_exit_code_0(folder: Path) -> None:
    result = check(folder / "right.bpmn")

    assert (result.exit_code, result.output) == (0, "1 files, 0 errors, 0 warnings\n")


def test_a_folder_is_checked_with_all_below_it_and_problems_have_file_and_line(folder: Path) -> None:
    result = check(folder)

    assert result.exit_code == 1
    assert f"{folder}/below/wrong.bpmn:6: error [" in result.output
    assert "(f1)" in result.output
    assert result.output.splitlines()[-1].startswith("2 files, ")


def test_json_has_every_problem(folder: Path) -> None:
    report = json.loads(check(folder, "--json").output)

    assert len(report["files"]) == 2
    assert {problem["element"] for problem in report["problems"]} >= {"f1"}


def test_sarif_has_a_result_with_place_for_each_problem(folder: Path) -> None:
    output = folder / "check.sarif"
    result = check(folder, "--format", "sarif", "-o", output)
    [run] = json.loads(output.read_text())["runs"]

    assert (result.exit_code, result.output) == (1, "")
    [found, *_] = [item for item in run["results"] if item["properties"]["element"] == "f1"]
    place = found["locations"][0]["physicalLocation"]
    assert found["level"] == "error"
    assert place["artifactLocation"]["uri"].endswith("wrong.bpmn")
    assert place["region"]["startLine"] == 6
    assert found["ruleId"] in {rule["id"] for rule in run["tool"]["driver"]["rules"]}


def test_junit_has_a_case_for_each_file(folder: Path) -> None:
    suite = ElementTree.fromstring(check(folder, "--format", "junit").output)

    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failed = {str(case.get("name")): case.find("failure") is not None for case in suite}
    assert {Path(name).name: wrong for name, wrong in failed.items()} == {"right.bpmn": False, "wrong.bpmn": True}


def test_warnings_count_when_asked(folder: Path) -> None:
    warned = folder / "warned.bpmn"
    warned.write_text(RIGHT.replace(' camunda:historyTimeToLive="P1D"', ' camunda:jobPriority="${nobody}"'))
    lenient, strict = check(warned), check(warned, "--strict")

    assert lenient.exit_code == 0
    assert strict.exit_code == (0 if "0 warnings" in lenient.output else 1)


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    result = check(tmp_path)

    assert result.exit_code == 2
    assert "Expected files to deploy (" in result.output
