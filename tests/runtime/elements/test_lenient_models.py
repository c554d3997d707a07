"""Models that other engines run although the standard is stricter: they run here too, and say what has no effect."""

from __future__ import annotations

import pytest

from baton.bpmn import Reading, read
from baton.model import commands
from tests.bpmn.build import flows, process
from tests.runtime.lab import Lab

TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
HOUR = 3_600_000


def warnings(reading: Reading) -> list[tuple[str, str | None]]:
    assert [str(problem) for problem in reading.errors] == []
    return [(problem.rule, problem.element) for problem in reading.problems]


def errors(reading: Reading) -> list[tuple[str, str | None]]:
    return [(problem.rule, problem.element) for problem in reading.errors]


# -- conditions on default flows


def choice(node: str) -> bytes:
    condition = "<conditionExpression>{1}</conditionExpression>"
    flow = '<sequenceFlow id="{0}" sourceRef="g" targetRef="{0}end">' + condition + "</sequenceFlow>"
    return process(
        f'<startEvent id="start"/>{node}<endEvent id="aend"/><endEvent id="bend"/>'
        + flow.format("a", "${x}")
        + flow.format("b", "${missing}"),
        "start>g",
    )


@pytest.mark.parametrize("kind", ["exclusiveGateway", "inclusiveGateway", "task", "complexGateway"])
def test_a_condition_on_a_default_flow_is_not_looked_at(kind: str) -> None:
    xml = choice(f'<{kind} id="g" default="b"/>')

    assert warnings(read(xml)) == [("default-flow", "b")]
    assert Lab.of(xml.decode()).start(x=True).path()[-1] == "aend"
    assert Lab.of(xml.decode()).start(x=False).path()[-1] == "bend"


def test_the_only_flow_may_be_a_default_with_a_condition() -> None:
    condition = "<conditionExpression>${missing}</conditionExpression>"
    flow = f'<sequenceFlow id="f" sourceRef="t" targetRef="end">{condition}</sequenceFlow>'
    xml = process(f'<startEvent id="start"/><task id="t" default="f"/><endEvent id="end"/>{flow}', "start>t")

    assert warnings(read(xml)) == [("default-flow", "f")]
    assert Lab.of(xml.decode()).start().state == "completed"


# -- only event subprocesses


def test_a_process_of_event_subprocesses_is_deployed_and_cannot_be_started_by_hand() -> None:
    start = '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>'
    inside = f'<subProcess id="e" triggeredByEvent="true">{start}<endEvent id="t"/>{flows("s>t")}</subProcess>'
    xml = process(inside, "", '<message id="m" name="Hello"/>')
    lab = Lab.of(xml.decode())

    answer = lab.offer(commands.StartInstance(definition_id="p:1:lab"))

    assert warnings(read(xml)) == [("empty-process", "p")]
    assert "only event subprocesses" in (answer.message or "")
    assert errors(read(process(""))) == [("empty-process", "p")]


# -- event-based gateways with one flow


def test_an_event_gateway_with_one_flow_waits_for_its_event() -> None:
    catch = f'<intermediateCatchEvent id="late">{TIMER}</intermediateCatchEvent>'
    nodes = f'<startEvent id="start"/><eventBasedGateway id="g"/>{catch}<endEvent id="end"/>'
    xml = process(nodes, "start>g>late>end")

    assert warnings(read(xml)) == [("event-gateway", "g")]
    assert Lab.of(xml.decode()).start().wait(HOUR).state == "completed"


def test_an_event_gateway_without_flows_or_said_to_join_is_refused() -> None:
    catch = f'<intermediateCatchEvent id="late">{TIMER}</intermediateCatchEvent>'
    nodes = '<startEvent id="start"/><eventBasedGateway id="g" {}/>{}<endEvent id="end"/>'

    assert ("event-gateway", "g") in errors(read(process(nodes.format("", '<task id="t"/>'), "start>t>end t>g")))
    converging = process(nodes.format('gatewayDirection="Converging"', catch), "start>g>late>end")
    assert errors(read(converging)) == [("gateway-direction", "g")]


# -- nodes out of reach


def test_what_is_left_over_beside_a_whole_path_is_a_warning_and_never_runs() -> None:
    nodes = '<startEvent id="start"/><task id="a"/><task id="lost"/><task id="b"/><endEvent id="end"/>'
    xml = process(nodes, "start>a>end lost>b>end")

    assert warnings(read(xml)) == [("unreachable-node", "lost")]
    assert Lab.of(xml.decode()).start().path() == ["start", "a", "end"]


def test_a_lost_flow_that_cuts_the_path_is_an_error() -> None:
    nodes = '<startEvent id="start"/><task id="a"/><task id="lost"/><endEvent id="end"/>'

    assert errors(read(process(nodes, "start>a lost>end"))) == [("unreachable-node", "lost")]


def test_an_end_event_that_nothing_leads_to_is_left_over() -> None:
    xml = process('<startEvent id="start"/><task id="a"/><endEvent id="lost"/>', "start>a")

    assert ("unreachable-node", "lost") in warnings(read(xml))
    assert Lab.of(xml.decode()).start().path() == ["start", "a"]


def test_an_error_that_no_element_of_the_file_defines_is_known_by_its_reference() -> None:
    inner = '<startEvent id="is"/><endEvent id="ie"><errorEventDefinition errorRef="nope"/></endEvent>' + flows("is>ie")
    caught = '<boundaryEvent id="b" attachedToRef="n"><errorEventDefinition errorRef="{}"/></boundaryEvent>'
    nodes = f'<startEvent id="start"/><subProcess id="n">{inner}</subProcess><endEvent id="end"/><endEvent id="gone"/>'
    same = process(nodes + caught.format("nope"), "start>n>end b>gone")
    other = process(nodes + caught.format("other"), "start>n>end b>gone")

    assert ("dangling-reference", "ie") in warnings(read(same))
    assert Lab.of(same.decode()).start().path()[-1] == "gone"
    assert [incident.kind for incident in Lab.of(other.decode()).start().incidents] == ["unhandledError"]


def test_a_pool_whose_process_is_in_another_file_is_a_drawing() -> None:
    pool = '<collaboration id="c"><participant id="pool" processRef="elsewhere"/></collaboration>'
    xml = process('<startEvent id="start"/><endEvent id="end"/>', "start>end", pool)

    assert warnings(read(xml)) == [("dangling-reference", "pool")]


def test_a_lost_flow_for_which_a_join_would_wait_for_ever_is_an_error() -> None:
    nodes = (
        '<startEvent id="start"/><task id="a"/><task id="lost"/><task id="b"/><parallelGateway id="g"/>'
        '<exclusiveGateway id="x"/><task id="other"/><endEvent id="end"/>'
    )
    found = errors(read(process(nodes, "start>a>g lost>b>g>x>end other>x")))

    assert found == [("unreachable-node", "lost")]


def test_what_a_boundary_event_a_link_or_an_event_subprocess_leads_to_is_reached() -> None:
    late = f'<boundaryEvent id="late" attachedToRef="a">{TIMER}</boundaryEvent><endEvent id="gone"/>'
    links = (
        '<intermediateThrowEvent id="out"><linkEventDefinition name="L"/></intermediateThrowEvent>'
        '<intermediateCatchEvent id="in"><linkEventDefinition name="L"/></intermediateCatchEvent>'
    )
    nodes = f'<startEvent id="start"/><task id="a"/>{late}{links}<endEvent id="end"/><task id="lost"/>'

    assert ("unreachable-node", "lost") in warnings(read(process(nodes, "start>a>out in>end late>gone lost>end")))


def test_a_process_that_starts_by_a_message_is_not_started_at_a_node_out_of_reach() -> None:
    start = '<startEvent id="start"><messageEventDefinition messageRef="m"/></startEvent>'
    xml = process(f'{start}<endEvent id="end"/><task id="lost"/>', "start>end", '<message id="m" name="Hello"/>')
    lab = Lab.of(xml.decode())

    answer = lab.offer(commands.StartInstance(definition_id="p:1:lab"))

    assert "none start event" in (answer.message or "")
    lab = Lab.of(xml.decode())
    lab.send(commands.StartInstance(definition_id="p:1:lab", start_element="start"))
    assert lab.path() == ["start", "end"]


# -- links


def links(throws: str, catches: str) -> bytes:
    nodes = (
        '<startEvent id="start"/><intermediateThrowEvent id="out">'
        f'<linkEventDefinition id="o" {throws}</linkEventDefinition></intermediateThrowEvent>'
        f'<intermediateCatchEvent id="in"><linkEventDefinition id="i" {catches}</linkEventDefinition>'
        '</intermediateCatchEvent><endEvent id="end"/>'
    )
    return process(nodes, "start>out in>end")


@pytest.mark.parametrize(
    ("throws", "catches"),
    [
        ('name="a"><target>i</target>', 'name="b"><source>o</source>'),
        ('name="a"><target>i</target>', 'name="b">'),
        ('name="a">', 'name="b"><source>o</source>'),
        ('name="a">', 'name="a">'),
        ('name="a">', 'name="a"><source>o</source>'),
    ],
)
def test_links_are_paired_by_their_references_or_by_their_names(throws: str, catches: str) -> None:
    xml = links(throws, catches)

    assert warnings(read(xml)) == []
    assert Lab.of(xml.decode()).start().path() == ["start", "out", "in", "end"]


def test_links_of_one_name_are_told_apart_by_their_references() -> None:
    def link(number: int) -> str:
        return (
            f'<intermediateThrowEvent id="out{number}"><linkEventDefinition id="o{number}" name="go">'
            f"<target>i{number}</target></linkEventDefinition></intermediateThrowEvent>"
            f'<intermediateCatchEvent id="in{number}"><linkEventDefinition id="i{number}" name="go">'
            f"<source>o{number}</source></linkEventDefinition></intermediateCatchEvent>"
        )

    nodes = f'<startEvent id="start"/>{link(1)}<task id="a"/>{link(2)}<endEvent id="end"/>'
    lab = Lab.of(process(nodes, "start>out1 in1>a>out2 in2>end").decode()).start()

    assert lab.path() == ["start", "out1", "in1", "a", "out2", "in2", "end"]


def test_links_that_fit_neither_by_reference_nor_by_name_are_refused() -> None:
    assert errors(read(links('name="a">', 'name="b">'))) == [("link-pairs", "out"), ("link-pairs", "in")]


# -- compensation of an activity without a handler


def test_compensating_an_activity_without_a_handler_undoes_nothing() -> None:
    undo = (
        '<serviceTask id="undo" isForCompensation="true" camunda:type="external" camunda:topic="t"/>'
        '<boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
        '<association id="as" associationDirection="One" sourceRef="b" targetRef="undo"/>'
    )
    throw = '<intermediateThrowEvent id="back"><compensateEventDefinition activityRef="n"/></intermediateThrowEvent>'
    nodes = f'<startEvent id="start"/><task id="a"/><task id="n"/>{undo}{throw}<endEvent id="end"/>'
    xml = process(nodes, "start>a>n>back>end")

    assert warnings(read(xml)) == [("compensation-reference", "back")]
    lab = Lab.of(xml.decode()).start()
    assert (lab.state, lab.undone) == ("completed", [])


# -- namespaces


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_namespace_may_have_blanks_as_some_tools_write_it(quote: str) -> None:
    xml = process('<startEvent id="start"/><endEvent id="a"/>', "start>a", attributes='ibm:kind="x" other:kind="y"')
    named = f"xmlns:ibm={quote}http://ibm.com/Process App/1{quote} xmlns:other={quote}urn:a b{quote} "

    assert warnings(read(xml.replace(b"<definitions ", b"<definitions " + named.encode()))) == []


def test_what_is_no_xml_is_refused_as_before() -> None:
    assert errors(read(b'<definitions xmlns:a="b c"><x></definitions>')) == [("not-xml", None)]
    assert errors(read(b'<definitions xmlns:a="">')) == [("not-xml", None)]
