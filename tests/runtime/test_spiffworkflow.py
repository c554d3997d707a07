"""What SpiffWorkflow does and what is replaced: the table of the explanation, and where its own way is a dead end."""

from __future__ import annotations

import importlib
import inspect
import logging
import pkgutil
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from SpiffWorkflow.util.task import TaskState

import baton.runtime
from baton.bpmn import read
from baton.model import commands
from baton.model.events import EventType
from baton.runtime.core.workflow import TokenWorkflow
from tests.runtime.lab import Lab, Library

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "spiffworkflow.md"
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><signal id="sg" name="S"/>'
)


def process(*parts: str, key: str = "p") -> str:
    return f'<process id="{key}" isExecutable="true">{"".join(parts)}</process>'


def file(*parts: str) -> str:
    return f"{HEAD}{process(*parts)}</definitions>"


def start(name: str = "Start") -> str:
    return f'<startEvent id="{name}"/>'


def end(name: str = "End") -> str:
    return f'<endEvent id="{name}"/>'


def work(name: str, attributes: str = "") -> str:
    return f'<serviceTask id="{name}" camunda:type="external" camunda:topic="{name}" {attributes}/>'


def flow(source: str, target: str, condition: str = "", name: str = "") -> str:
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return (
        f'<sequenceFlow id="{name or f"{source}-{target}"}" sourceRef="{source}" targetRef="{target}">{inner}'
        "</sequenceFlow>"
    )


def flows(*names: str) -> str:
    return "".join(flow(a, b) for a, b in pairwise(names))


# -- dead ends ------------------------------------------------------------------------------------------------------


def test_a_join_inside_a_parallel_multi_instance_subprocess_joins_its_own_instance_only() -> None:
    inner = start("s") + '<parallelGateway id="fork"/><parallelGateway id="join"/>' + work("a") + work("b") + end("e")
    inner += flows("s", "fork", "a", "join", "e") + flows("fork", "b", "join")
    marker = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    lab = Lab.of(
        file(start(), f'<subProcess id="sub">{marker}{inner}</subProcess>', end(), flows("Start", "sub", "End"))
    ).start()

    lab.complete("a").complete("a").complete("b").complete("b")

    assert lab.state == "completed"


def test_a_non_interrupting_boundary_event_does_not_run_its_activity_again() -> None:
    boundary = '<boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><signalEventDefinition signalRef="sg"/>'
    lab = Lab.of(
        file(start(), work("a"), f"{boundary}</boundaryEvent>", work("w"), end(), end("End2"))[
            : -len("</process></definitions>")
        ]
        + flows("Start", "a", "End")
        + flows("b", "w", "End2")
        + "</process></definitions>"
    ).start()

    lab.signal("S")

    assert lab.waiting == ["a", "w"]


def test_tokens_are_sent_behind_the_job_that_comes_after_an_activity_and_once() -> None:
    lab = Lab.of(
        file(start(), work("a", 'camunda:asyncAfter="true"'), work("b"), end(), flows("Start", "a", "b", "End"))
    ).start()

    task = lab.task("a")
    lab.send(commands.CompleteExternalTask(task_id=task.id, worker_id="lab"), commands.SuspendInstance())
    lab.send(commands.ResumeInstance())

    assert lab.path(EventType.FLOW_TAKEN) == ["Start-a", "a-b"]
    assert lab.waiting == ["b"]


# -- traps ----------------------------------------------------------------------------------------------------------


def test_elements_may_have_the_ids_that_the_library_gives_its_own() -> None:
    names = ("Start", "End", "p.EndJoin", "Root")
    lab = Lab.of(file(start(), work("End"), work("p.EndJoin"), end("Root"), flows(*names)), restoring=False).start()

    lab.complete("End")
    assert lab.waiting == ["p.EndJoin"]
    assert not lab.instance.workflow.completed
    assert lab.complete("p.EndJoin").state == "completed"


def test_the_instance_itself_has_number_0() -> None:
    lab = Lab.of(file(start(), work("a"), end(), flows("Start", "a", "End"))).start()

    assert lab.instance.workflow.root.id == 0
    assert set(lab.instance.workflow.tasks) == {0, lab.task("a").token}


def test_two_flows_to_one_target_are_two_tokens_and_two_events() -> None:
    twice = flow("fork", "a", name="one") + flow("fork", "a", name="other")
    lab = Lab.of(
        file(
            start(), '<parallelGateway id="fork"/>', work("a"), end(), flows("Start", "fork"), twice, flows("a", "End")
        )
    ).start()

    assert lab.path(EventType.FLOW_TAKEN) == ["Start-fork", "one", "other"]
    assert lab.waiting == ["a", "a"]


def test_a_flow_without_a_condition_is_taken_in_its_turn_and_is_not_the_default() -> None:
    """Deployment refuses such a model today; one that was deployed before that goes on."""
    model = file(
        start(),
        '<exclusiveGateway id="g"/>',
        *map(end, ("Free", "Met")),
        flows("Start", "g", "Free"),
        flow("g", "Met", "${true}"),
    )
    lab = Lab(Library(*read(model.encode()).processes)).start()

    assert lab.path()[-1] == "Free"


def test_a_gateway_of_a_called_process_chooses_among_its_own_flows() -> None:
    called = process(
        start("s"),
        '<exclusiveGateway id="g" default="g-Low"/>',
        end("High"),
        end("Low"),
        flows("s", "g", "Low"),
        flow("g", "High", "${n > 1}"),
        key="called",
    )
    call = (
        '<callActivity id="call" calledElement="called"><extensionElements><camunda:in variables="all"/>'
        "</extensionElements></callActivity>"
    )
    caller = process(start(), call, end(), flows("Start", "call", "End"))

    assert "High" in Lab.of(f"{HEAD}{caller}{called}</definitions>").start("p", n=2).path()
    assert "Low" in Lab.of(f"{HEAD}{caller}{called}</definitions>").start("p", n=0).path()


def test_a_condition_that_is_not_a_truth_value_is_an_incident() -> None:
    lab = Lab.of(
        file(
            start(),
            '<exclusiveGateway id="g" default="g-Low"/>',
            *map(end, ("High", "Low")),
            flows("Start", "g", "Low"),
            flow("g", "High", "${n}"),
        )
    ).start(n=1)

    assert "true or false" in lab.incidents[0].message


def test_a_choice_without_a_way_out_says_what_to_do() -> None:
    lab = Lab.of(
        file(start(), '<exclusiveGateway id="g"/>', end("High"), flows("Start", "g"), flow("g", "High", "${false}"))
    ).start()

    assert "add a default flow" in lab.incidents[0].message


def test_a_terminate_end_event_stops_tokens_that_were_ready() -> None:
    over = '<endEvent id="Over"><terminateEventDefinition/></endEvent>'
    lab = Lab.of(
        file(start(), '<parallelGateway id="fork"/>', over, work("a"), end(), flows("Start", "fork", "Over"))[
            : -len("</process></definitions>")
        ]
        + flows("fork", "a", "End")
        + "</process></definitions>"
    ).start()

    assert lab.state == "completed"
    assert "a" not in lab.path(EventType.EXTERNAL_TASK_CREATED)


def test_an_error_is_caught_by_its_code_before_a_boundary_event_that_takes_all() -> None:
    catch_all = '<boundaryEvent id="All" attachedToRef="a"><errorEventDefinition/></boundaryEvent>'
    exact = '<boundaryEvent id="Exact" attachedToRef="a"><errorEventDefinition errorRef="e"/></boundaryEvent>'
    body = process(
        start(),
        work("a"),
        catch_all,
        exact,
        end(),
        end("x"),
        end("y"),
        flows("Start", "a", "End"),
        flows("All", "x"),
        flows("Exact", "y"),
    )
    lab = Lab.of(f'{HEAD}<error id="e" errorCode="E"/>{body}</definitions>').start()

    assert lab.error("a", "E").path()[-1] == "y"


def test_what_waits_is_not_looked_at_again_when_another_token_completes() -> None:
    """A join that was updated would merge its waiting token with itself, and wait forever."""
    gateways = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
    lab = Lab.of(
        file(
            start(),
            gateways,
            *map(work, "abc"),
            end(),
            end("End2"),
            flows("Start", "fork", "a", "join", "End"),
            flows("fork", "b", "join"),
            flows("fork", "c", "End2"),
        )
    ).start()

    lab.complete("a").complete("c")

    assert lab.waiting == ["b"]
    assert lab.complete("b").state == "completed"


def test_a_step_writes_no_line_of_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="spiff"):
        Lab.of(file(start(), work("a"), end(), flows("Start", "a", "End"))).start().complete("a")

    assert caplog.records == []


def test_no_token_has_a_copy_of_the_variables_around_it() -> None:
    lab = Lab.of(file(start(), work("a"), end(), flows("Start", "a", "End")), restoring=False).start(big=[1, 2, 3])

    assert [token.data for token in lab.instance.workflow.root.children] == [{}]


def test_what_a_script_sets_becomes_a_variable_of_the_instance() -> None:
    script = '<scriptTask id="t"><script>y = x + 1</script></scriptTask>'
    lab = Lab.of(file(start(), script, end(), flows("Start", "t", "End"))).start(x=1)

    assert lab.variables == {"x": 1, "y": 2}


def test_a_process_that_begins_with_a_task_needs_nothing_that_leads_to_it() -> None:
    assert Lab.of(file(work("a"))).start().waiting == ["a"]


def test_a_token_is_done_with_and_leaves_the_tree() -> None:
    lab = Lab.of(file(start(), work("a"), end(), flows("Start", "a", "End"))).start()
    workflow = lab.instance.workflow

    assert isinstance(workflow, TokenWorkflow)
    assert [token.task_spec.name for token in workflow.root.children] == ["a"]
    assert workflow.root.children[0].has_state(TaskState.STARTED)


def test_nobody_listens_to_a_task_spec_since_all_of_them_share_their_events() -> None:
    lab = Lab.of(file(start(), work("a"), end(), flows("Start", "a", "End"))).start()
    workflow = lab.instance.workflow

    assert isinstance(workflow, TokenWorkflow)
    for name in ("Start", "a", "Start-a"):
        with pytest.raises(TypeError, match="Expected no listeners"):
            workflow.spec.task_specs[name].completed_event.connect(print)


# -- the table ------------------------------------------------------------------------------------------------------


def runtime_classes() -> Iterator[type]:
    for module in pkgutil.walk_packages(baton.runtime.__path__, "baton.runtime."):
        found = importlib.import_module(module.name)
        yield from (kind for _, kind in inspect.getmembers(found, inspect.isclass) if kind.__module__ == module.name)


def replaced_names() -> set[str]:
    """Methods and properties of SpiffWorkflow's classes that a class of the runtime overrides."""
    found: set[str] = set()
    for kind in runtime_classes():
        theirs = [base for base in kind.__mro__ if base.__module__.startswith("SpiffWorkflow")]
        ours = [base for base in kind.__mro__ if base.__module__.startswith("baton.")]
        for name, value in (pair for base in ours for pair in vars(base).items()):
            is_method = inspect.isfunction(value) or isinstance(value, property)
            if is_method and name != "__init__" and any(name in vars(base) for base in theirs):
                found.add(name)
    return found


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_the_table_names_exactly_what_is_replaced() -> None:
    named = {name for row in rows() for name in re.findall(r"`(\w+)`", row[2])}
    assert named == replaced_names()


def test_every_row_names_a_test_that_fails_without_the_replacement() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    for row in rows():
        named = re.findall(r"`(test_\w+)`", row[4])
        assert named, row[0]
        assert all(f"def {name}(" in tests for name in named), row[0]
