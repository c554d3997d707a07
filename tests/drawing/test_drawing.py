"""Diagrams as SVG: every shape and flow of the samples, marks, and files that cannot be drawn."""

from __future__ import annotations

import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from baton.cli import main
from baton.drawing import NoDiagram, render_diagram, render_png
from baton.drawing.png import MAX_SIDE
from tests.running import DEFINITIONS

SVG = "{http://www.w3.org/2000/svg}"
LOAN = DEFINITIONS / "loan-application" / "loan-application.bpmn"


def read_groups(picture: str) -> dict[str, ElementTree.Element]:
    return {str(group.get("id")): group for group in ElementTree.fromstring(picture).iter(f"{SVG}g")}


@pytest.mark.parametrize("path", sorted(DEFINITIONS.rglob("*.bpmn")), ids=lambda path: path.stem)
def test_every_element_of_a_sample_is_drawn_inside_the_picture(path: Path) -> None:
    picture = render_diagram(path.read_bytes())
    drawn = set(read_groups(picture))
    source = ElementTree.parse(path)
    wanted = {
        str(drawn.get("bpmnElement")) for drawn in source.iter() if drawn.tag.endswith(("}BPMNShape", "}BPMNEdge"))
    }
    assert drawn == wanted


def test_a_file_without_a_diagram_is_drawn_as_everywhere() -> None:
    content = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
        <startEvent id="s"/><task id="t" name="Do it"/><sequenceFlow sourceRef="s" targetRef="t"/>
        </process></definitions>"""
    assert list(read_groups(render_diagram(content))) == ["s", "t", "flow-s-t"]


def test_names_are_written_and_elements_marked() -> None:
    groups = read_groups(render_diagram(LOAN.read_bytes(), {"CheckIdentity": "covered", "ToRisk": "missed"}))
    assert "".join(groups["CheckIdentity"].itertext()) == "Check identity"
    assert groups["CheckIdentity"].get("class") == "serviceTask covered"
    assert groups["ToRisk"].get("class") == "sequenceFlow missed"
    assert groups["AssessRisk"].get("class") == "businessRuleTask"


def test_what_is_in_a_name_stays_text() -> None:
    content = LOAN.read_bytes().replace(b'name="Check identity"', b'name="&lt;script&gt; &amp; more"')
    group = read_groups(render_diagram(content))["CheckIdentity"]
    assert [child.tag for child in group.iter() if "script" in str(child.tag)] == []
    assert "<script> &" in "".join(group.itertext())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no xml", "XML"),
        (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "Expected elements with ids"),
        (LOAN.read_bytes().replace(b'<dc:Bounds x="250"', b'<dc:Bounds x="left"', 1), "Expected a number as 'x'"),
    ],
)
def test_what_cannot_be_drawn_says_why(content: bytes, said: str) -> None:
    with pytest.raises(NoDiagram, match=said):
        render_diagram(content)


def test_the_command_writes_the_picture_beside_the_file(tmp_path: Path) -> None:
    file = tmp_path / "loan.bpmn"
    file.write_bytes(LOAN.read_bytes())
    result = CliRunner().invoke(main, ["render", str(file)])
    assert result.exit_code == 0, result.output
    assert "CheckIdentity" in read_groups((tmp_path / "loan.svg").read_text(encoding="utf-8"))
    file.write_bytes(b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>')
    result = CliRunner().invoke(main, ["render", str(file)])
    assert result.exit_code == 1
    assert "Expected elements with ids" in result.output


@pytest.mark.node
def test_the_command_writes_a_png_of_twice_the_size_with_names_in_it(tmp_path: Path) -> None:
    """It needs the fonts of the built designer."""
    named, nameless = tmp_path / "named.bpmn", tmp_path / "nameless.bpmn"
    named.write_bytes(LOAN.read_bytes())
    nameless.write_bytes(LOAN.read_bytes().replace(b'name="Check identity"', b""))
    for file in (named, nameless):
        result = CliRunner().invoke(main, ["render", str(file), "-o", str(file.with_suffix(".png"))])
        assert result.exit_code == 0, result.output

    drawn = ElementTree.fromstring(render_diagram(LOAN.read_bytes()))
    png = named.with_suffix(".png").read_bytes()
    assert png.startswith(b"\x89PNG\r\n")
    assert struct.unpack(">II", png[16:24]) == (2 * int(str(drawn.get("width"))), 2 * int(str(drawn.get("height"))))
    assert png != nameless.with_suffix(".png").read_bytes()


def test_another_kind_of_picture_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["render", str(LOAN), "-o", str(tmp_path / "loan.gif")])
    assert result.exit_code == 1
    assert "ends in .svg or .png" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.node
def test_a_very_large_diagram_is_drawn_smaller() -> None:
    wide = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40000 10" width="40000" height="10"/>'
    assert struct.unpack(">II", render_png(wide)[16:24])[0] == MAX_SIDE
