"""``baton convert``: a file in, a file that runs and a report out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from baton.cli import main
from tests.convert.files import CORPUS, read


def convert(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["convert", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "order.bpmn"
    path.write_bytes(read("java-class"))
    return path


def test_a_dry_run_reports_and_writes_nothing(file: Path) -> None:
    result = convert(file, "--dry-run")

    assert (result.exit_code, file.read_bytes()) == (0, read("java-class"))
    assert f"{file}:7: to-do: topic 'charge-card' needs a worker" in result.output
    assert result.output.splitlines()[-1] == "Camunda 7: 3 changes, 1 things to do, 1 topics; the file runs"


def test_without_an_output_the_file_itself_is_converted(file: Path) -> None:
    result = convert(file)

    assert result.exit_code == 0
    assert b'camunda:topic="charge-card"' in file.read_bytes()
    assert convert(file).output == "Camunda 7: 0 changes, 0 things to do, 1 topics; the file runs\n"


def test_stubs_are_written_beside_and_never_replace_a_file(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "order.bpmn"

    assert convert(file, "-o", target, "--stubs", "python").exit_code == 0
    assert "def charge_card(task: Task)" in (target.parent / "workers.py").read_text()
    again = convert(file, "-o", target, "--stubs", "python")
    assert again.exit_code == 1
    assert "Expected no file" in again.output


def test_scripts_beside_the_file_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_bytes(read("script-file"))
    (tmp_path / "total.groovy").write_text("sum(lines)")

    convert(tmp_path / "a.bpmn")

    assert b'value="sum(lines)"' in (tmp_path / "a.bpmn").read_bytes()


def test_a_file_that_stays_refused_is_exit_code_1_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_bytes(read("java-class").replace(b'targetRef="End"', b'targetRef="Nowhere"'))

    result = convert(tmp_path / "a.bpmn", "--dry-run")

    assert result.exit_code == 1
    assert "still refused [dangling-reference]" in result.output


def test_json_has_notes_topics_and_problems() -> None:
    report = json.loads(convert(CORPUS / "java-class.bpmn", "--dry-run", "--json").output)

    assert (report["dialect"], report["runs"], report["written"]) == ("Camunda 7", True, [])
    assert report["topics"] == [{"name": "charge-card", "elements": ["Do"]}]
    assert {note["kind"] for note in report["notes"]} == {"changed", "to-do"}
