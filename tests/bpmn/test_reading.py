"""Whatever the bytes are, reading them gives problems, never an exception."""

from __future__ import annotations

import time

import pytest

from baton.bpmn import read, read_checked
from baton.bpmn.document import MAX_BYTES
from tests.bpmn.build import around, definitions, process, rules_of

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&b;</definitions>"""
GOOD = around('<task id="n"/>')


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "not-xml"),
        (b"   \n ", "not-xml"),
        (b"\x00\x01\x02", "not-xml"),
        (b"hello", "not-xml"),
        (b"<definitions><process></definitions>", "not-xml"),
        (GOOD[:-20], "not-xml"),
        (b'{"json": true}', "not-xml"),
        (BOMB, "doctype"),
        (BOMB.decode().encode("utf-16"), "doctype"),
        (b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "doctype"),
        (b"<!-- <?x --><?pi ?>\n<!doctype d><d/>", "doctype"),
        (b"<definitions/>", "not-bpmn"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "not-bpmn"),
        (b'<?xml version="1.0" encoding="UTF-8"?><a>\xff\xfe</a>', "encoding"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "encoding"),
        (b"<a>" * 1000 + b"</a>" * 1000, "too-deep"),
        (b" " * (MAX_BYTES + 1), "too-large"),
    ],
)
def test_bytes_that_are_no_model_are_refused_with_a_reason(data: bytes, rule: str) -> None:
    reading = read(data, "order.bpmn")

    assert rules_of(reading) == [rule]
    assert not reading.ok
    assert reading.processes == ()
    assert reading.problems[0].resource == "order.bpmn"


def test_a_doctype_inside_a_text_is_only_text() -> None:
    page = '<scriptTask id="n" scriptFormat="python"><script><![CDATA[page = "<!DOCTYPE html>"]]></script></scriptTask>'

    assert read(around(page)).ok


def test_other_encodings_are_read() -> None:
    text = GOOD.decode().replace('<task id="n"/>', '<task id="n" name="Prüfen"/>')
    header = '<?xml version="1.0" encoding="{}"?>'

    for encoding in ("ISO-8859-1", "UTF-16", "windows-1252"):
        reading = read((header.format(encoding) + text).encode(encoding))
        assert reading.processes[0].nodes["n"].name == "Prüfen"


def test_a_file_of_fifty_megabytes_is_refused_at_once() -> None:
    begun = time.thread_time()

    assert rules_of(read(b"<a>" + b"x" * 50 * 2**20 + b"</a>")) == ["too-large"]
    assert time.thread_time() - begun < 1


def test_all_problems_are_reported_not_only_the_first() -> None:
    data = process('<startEvent id="a"/><task/><serviceTask id="b"/><robot id="c"/>', "a>b>nowhere b>a")

    assert {"missing-id", "nothing-to-do", "unknown-element", "dangling-reference", "start-with-incoming"} <= set(
        rules_of(read(data))
    )


def test_errors_come_before_warnings_and_then_by_line() -> None:
    problems = read(process('<startEvent id="a" colour="red"/>\n<task/>\n<serviceTask id="b"/>', "a>b")).problems

    assert [p.is_error for p in problems] == sorted((p.is_error for p in problems), reverse=True)
    lines = [p.line or 0 for p in problems if p.is_error]
    assert lines == sorted(lines)


def test_without_any_mark_every_process_with_nodes_is_executable() -> None:
    reading = read(definitions('<process id="a"><task id="t"/></process><process id="b"/>'))

    assert [model.id for model in reading.processes] == ["a"]


def test_a_pool_that_is_only_drawn_is_not_judged() -> None:
    drawn = '<process id="drawn" isExecutable="false"><endEvent id="e"/><task id="t"/></process>'
    reading = read(process('<startEvent id="s"/><task id="n"/><endEvent id="x"/>', "s>n>x", root=drawn))

    assert reading.ok
    assert [model.id for model in reading.processes] == ["p"]


def test_a_collaboration_gives_a_model_for_each_executable_pool() -> None:
    message = '<message id="m" name="order"/>'
    start = '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>'
    shop = f'<process id="shop" isExecutable="true">{start}'
    buyer = '<process id="buyer" isExecutable="true"><startEvent id="b"/><sendTask id="send" messageRef="m"/>'
    pools = (
        '<collaboration id="c"><participant id="pool1" processRef="shop"/><participant id="pool2" processRef="buyer"/>'
        '<messageFlow id="mf" sourceRef="send" targetRef="s"/></collaboration>'
    )
    flow = '<sequenceFlow id="f" sourceRef="b" targetRef="send"/>'
    reading = read(definitions(f"{message}{pools}{shop}</process>{buyer}{flow}</process>"))

    assert {model.id for model in reading.processes} == {"shop", "buyer"}
    (sender,) = (model for model in reading.processes if model.id == "buyer")
    assert sender.message_targets == {"send": "shop"}


@pytest.mark.parametrize("size", [200, 2000])
def test_a_long_chain_is_read_without_recursion_and_in_time(size: int) -> None:
    tasks = "".join(f'<task id="t{i}"/>' for i in range(size))
    chain = ">".join(["s", *(f"t{i}" for i in range(size)), "e"])
    begun = time.thread_time()

    reading = read(process(f'<startEvent id="s"/>{tasks}<endEvent id="e"/>', chain))

    assert reading.problems == ()
    assert len(reading.processes[0].nodes) == size + 2
    assert time.thread_time() - begun < 10  # twenty times what it takes


def test_subprocesses_fifty_deep_are_read() -> None:
    inner = '<task id="t"/>'
    for depth in range(50):
        inner = f'<subProcess id="s{depth}">{inner}</subProcess>'

    (model,) = read(process(inner)).processes

    assert len(list(model.walk_scopes("t"))) == 51


def test_what_is_deployed_is_read_again_without_the_rules() -> None:
    assert [model.id for model in read_checked(GOOD)] == ["p"]
    refused_today = around('<task id="n" default="nowhere"/>')
    assert not read(refused_today).ok
    assert [model.id for model in read_checked(refused_today)] == ["p"]
    assert read_checked(b"hello") == ()
