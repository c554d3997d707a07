from baton.bpmn import read
from tests.bpmn.build import process


def test_a_parallel_multiple_start_event_of_a_process_is_refused() -> None:
    events = '<messageEventDefinition messageRef="m"/><signalEventDefinition signalRef="s"/>'
    start = f'<startEvent id="start" parallelMultiple="true">{events}</startEvent>'
    root = '<message id="m" name="m"/><signal id="s" name="s"/>'
    found = read(process(f'{start}<endEvent id="end"/>', "start>end", root)).errors
    assert [(problem.rule, problem.element) for problem in found] == [("unsupported", "start")]
