"""What a conversion keeps: everything that it does not name in its report."""

from __future__ import annotations

import difflib
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from baton import bpmn
from baton.convert import convert
from baton.convert.report import CHANGES
from tests.convert.files import NAMES, SCRIPTS, convert_file, read

PARTS = (
    '<bpmn:serviceTask id="{id}" camunda:class="org.shop.{name}" />',
    '<bpmn:serviceTask id="{id}" camunda:delegateExpression="${{{name}}}" />',
    '<bpmn:serviceTask id="{id}" camunda:expression="${{{name}.run(1)}}" camunda:resultVariable="x" />',
    '<bpmn:serviceTask id="{id}" camunda:expression="${{1 + 1}}" />',
    '<bpmn:scriptTask id="{id}" scriptFormat="groovy"><bpmn:script>{name}()</bpmn:script></bpmn:scriptTask>',
    '<bpmn:scriptTask id="{id}" scriptFormat="javascript"><bpmn:script>7;</bpmn:script></bpmn:scriptTask>',
    '<bpmn:sendTask id="{id}" camunda:type="mail" />',
    '<bpmn:userTask id="{id}"><bpmn:extensionElements><camunda:taskListener event="create" class="a.{name}" />'
    '<camunda:inputOutput><camunda:inputParameter name="{name}">${{rates.of(1)}}</camunda:inputParameter>'
    "</camunda:inputOutput></bpmn:extensionElements></bpmn:userTask>",
    '<bpmn:intermediateThrowEvent id="{id}"><bpmn:extensionElements><camunda:executionListener event="start" '
    'class="a.{name}" /></bpmn:extensionElements></bpmn:intermediateThrowEvent>',
    '<bpmn:callActivity id="{id}" camunda:caseRef="{name}" />',
)
FILE = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t"><bpmn:process id="p">{}'
    "</bpmn:process></bpmn:definitions>"
)


def make_file(parts: list[tuple[int, str]]) -> bytes:
    """A sequence of tasks of these kinds, with names of beans and classes."""
    nodes = [PARTS[kind].format(id=f"n{number}", name=name) for number, (kind, name) in enumerate(parts)]
    ids = ["s", *(f"n{number}" for number in range(len(parts))), "e"]
    flows = [
        f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}" />'
        for number, (source, target) in enumerate(pairwise(ids))
    ]
    return FILE.format("\n".join(['<bpmn:startEvent id="s" />', *nodes, *flows, '<bpmn:endEvent id="e" />'])).encode()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(PARTS) - 1), st.sampled_from(["Pay", "Ship", "pay", "doIt", "A1"])),
        min_size=1,
        max_size=8,
    )
)
def test_converting_twice_changes_nothing(parts: list[tuple[int, str]]) -> None:
    once = convert(make_file(parts))
    twice = convert(once.content)

    assert once.runs, [str(problem) for problem in once.problems]
    assert (twice.content, twice.is_changed) == (once.content, False)
    assert twice.topics == once.topics


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_the_corpus_is_not_changed_again(name: str) -> None:
    once = convert_file(name)
    twice = convert(once.content, f"{name}.bpmn", SCRIPTS)

    assert twice.content == once.content
    assert [note for note in twice.notes if note.kind in CHANGES] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_element_that_differs_has_a_note(name: str) -> None:
    """By the ids of the elements around the lines that differ."""
    before, converted = read(name), convert_file(name)
    told = {note.element for note in converted.notes if note.kind in CHANGES}
    if converted.dialect == "Flowable":
        return
    old, new = list_elements(before), list_elements(converted.content)

    differing = {id_ for id_ in old if old[id_] != new.get(id_)}
    assert differing <= told | {"First", "Last"} | list_neighbours(converted.content, told)


def list_elements(content: bytes) -> dict[str, str]:
    """Id -> the element as written, without the elements with ids inside it."""
    found: dict[str, str] = {}
    for element in etree.XML(content).iter():
        if isinstance(element.tag, str) and element.get("id") and "DI" not in element.tag:
            text = etree.tostring(element, encoding="unicode", with_tail=False)
            found[element.get("id", "")] = re.sub(r"\s+", " ", text) if not list(element) else str(dict(element.attrib))
    return found


def list_neighbours(content: bytes, told: set[str | None]) -> set[str]:
    """Flows into and out of the elements with notes, whose ends a task in the flow moves."""
    flows = [each for each in etree.XML(content).iter() if str(each.tag).endswith("}sequenceFlow")]
    return {flow.get("id", "") for flow in flows if told & {flow.get("sourceRef"), flow.get("targetRef")}}


def test_a_file_that_runs_as_it_is_comes_back_byte_by_byte() -> None:
    found = convert_file("plain-expression")

    assert (found.content, found.is_changed, found.notes) == (read("plain-expression"), False, ())


def test_comments_and_lines_that_are_not_concerned_stay_as_they_are() -> None:
    before, after = read("bean-method").decode(), convert_file("bean-method").content.decode()

    removed = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line.startswith("- ")]
    assert len(removed) == 1
    assert "a comment that stays" in after
    assert after.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<!-- A method of a bean')


def test_a_task_that_is_put_into_a_flow_is_drawn_in_it_and_stands_in_its_lane() -> None:
    root = etree.XML(convert_file("drawn").content)
    tasks = {each.get("id") for each in root.iter("{*}serviceTask")}
    flows = {each.get("id") for each in root.iter("{*}sequenceFlow")}

    shapes = {each.get("bpmnElement") for each in root.iter("{*}BPMNShape")}
    edges = {each.get("bpmnElement"): [*each.iter("{*}waypoint")] for each in root.iter("{*}BPMNEdge")}
    assert len(tasks) == 5
    assert tasks <= shapes
    assert flows == set(edges)
    assert all(len(points) >= 2 for points in edges.values())
    assert tasks <= {each.text for each in root.iter("{*}flowNodeRef")}


@pytest.mark.parametrize("content", [b"", b"<no", b"<x/>", b"\xff\xfe", b"<!DOCTYPE x><x/>"])
def test_what_is_no_bpmn_comes_back_with_its_problem(content: bytes) -> None:
    found = convert(content)

    assert (found.content, found.is_changed, found.runs) == (content, False, False)
    assert [problem.rule for problem in found.problems if problem.is_error]


def test_what_is_wrong_in_any_engine_stays_refused_with_the_reason() -> None:
    wrong = read("plain-expression").replace(b'targetRef="End"', b'targetRef="Nowhere"')

    found = convert(wrong)

    assert not found.runs
    assert "Nowhere" in str([problem.message for problem in found.problems])
    assert bpmn.read(wrong).errors == bpmn.read(found.content).errors


def test_white_space_between_elements_does_not_multiply_the_work() -> None:
    """A search for the end that tries every way to divide the blanks would not end."""
    content = read("java-class").replace(b"\n", b"\n" + b" " * 200)

    assert convert(content).runs
