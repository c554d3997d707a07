"""Variables in and out, calls and decisions, loops, data."""

from __future__ import annotations

import pytest

from baton.bpmn import read
from baton.model.attributes import Expression, ListValue, MapValue, Script
from baton.model.definition import MultiInstance, StandardLoop
from tests.bpmn.build import around, model, node, process, rules_of


def test_camunda_parameters_may_be_texts_expressions_lists_maps_and_scripts() -> None:
    task = (
        '<task id="n"><extensionElements><camunda:inputOutput><camunda:inputParameter '
        'name="a">plain</camunda:inputParameter>'
        '<camunda:inputParameter name="b">${x}</camunda:inputParameter><camunda:inputParameter name="c"><camunda:list>'
        "<camunda:value>1</camunda:value><camunda:value>${y}</camunda:value></camunda:list></camunda:inputParameter>"
        '<camunda:inputParameter name="d"><camunda:map><camunda:entry key="k">v</camunda:entry></camunda:map>'
        '</camunda:inputParameter><camunda:inputParameter name="f"/><camunda:outputParameter name="e">'
        '<camunda:script scriptFormat="python">1 + 1</camunda:script></camunda:outputParameter></camunda:inputOutput>'
        "</extensionElements></task>"
    )
    found = node(around(task))
    values = {mapping.name: mapping.value for mapping in found.inputs}

    assert values["a"] == Expression("plain", "literal", 1)
    assert values["b"] == Expression("${x}", "juel", 1)
    assert values["c"] == ListValue((Expression("1", "literal", 1), Expression("${y}", "juel", 1)))
    assert values["d"] == MapValue((("k", Expression("v", "literal", 1)),))
    assert values["f"] == Expression("", "literal", 1)
    assert found.outputs[0].value == Script("1 + 1", "python", 1)


def test_zeebe_mappings_keep_the_paths_of_their_targets() -> None:
    task = (
        '<serviceTask id="n"><extensionElements><zeebe:taskDefinition type="t"/><zeebe:ioMapping>'
        '<zeebe:input source="=order.id" target="id"/><zeebe:output source="=result" target="order.state"/>'
        "</zeebe:ioMapping></extensionElements></serviceTask>"
    )
    found = node(around(task))

    assert [(m.name, m.value) for m in found.inputs] == [("id", Expression("=order.id", "feel", 1))]
    assert [m.name for m in found.outputs] == ["order.state"]


def test_a_call_activity_has_binding_business_key_and_mappings() -> None:
    task = (
        '<callActivity id="n" calledElement="ship" camunda:calledElementBinding="version" '
        'camunda:calledElementVersion="3">'
        '<extensionElements><camunda:in businessKey="#{execution.processBusinessKey}"/><camunda:in variables="all"/>'
        '<camunda:in source="a" target="b"/><camunda:out sourceExpression="${c}" target="d" local="true"/>'
        "</extensionElements></callActivity>"
    )
    call = node(around(task)).call

    assert call is not None
    assert (call.key.text, call.binding, call.version and call.version.text) == ("ship", "version", "3")
    assert call.business_key is not None
    assert [(m.all, m.source, m.target) for m in call.inputs] == [(True, None, None), (False, "a", "b")]
    (out,) = call.outputs
    assert (out.expression and out.expression.text, out.target, out.local) == ("${c}", "d", True)


def test_a_zeebe_call_passes_everything_unless_told_not_to() -> None:
    task = (
        '<callActivity id="n"><extensionElements><zeebe:calledElement processId="=which" '
        'propagateAllChildVariables="false"/></extensionElements></callActivity>'
    )
    call = node(around(task)).call

    assert call is not None
    assert call.key == Expression("=which", "feel", 1)
    assert [m.all for m in call.inputs] == [True]
    assert call.outputs == ()


def test_decisions_of_all_dialects_are_read() -> None:
    camunda = (
        '<businessRuleTask id="n" camunda:decisionRef="dish" camunda:decisionRefBinding="deployment" '
        'camunda:resultVariable="r" camunda:mapDecisionResult="singleEntry"/>'
    )
    zeebe = (
        '<businessRuleTask id="n"><extensionElements><zeebe:calledDecision decisionId="dish" resultVariable="r"/>'
        "</extensionElements></businessRuleTask>"
    )
    spiff = (
        "<businessRuleTask "
        'id="n"><extensionElements><spiffworkflow:calledDecisionId>dish</spiffworkflow:calledDecisionId>'
        "</extensionElements></businessRuleTask>"
    )
    first, second, third = (node(around(task)).call for task in (camunda, zeebe, spiff))

    assert first is not None
    assert (first.kind, first.key.text, first.binding) == ("decision", "dish", "deployment")
    assert (first.result_variable, first.map_decision_result) == ("r", "singleEntry")
    assert second is not None
    assert (second.kind, second.key.text, second.result_variable) == ("decision", "dish", "r")
    assert third is not None
    assert third.key.text == "dish"
    assert (second.map_decision_result, third.map_decision_result) == ("value", "outputs")


def test_a_standard_loop_is_read() -> None:
    loop = '<standardLoopCharacteristics testBefore="true" loopMaximum="5"><loopCondition>i &lt; 3</loopCondition>'
    found = node(around(f'<task id="n">{loop}</standardLoopCharacteristics></task>')).loop

    assert isinstance(found, StandardLoop)
    assert found.test_before
    assert found.condition == Expression("i < 3", "python", 1)
    assert found.maximum == Expression("5", "literal", 1)


@pytest.mark.parametrize("text", ["true", "false"])
def test_plain_true_and_false_are_truth_values(text: str) -> None:
    loop = f'<standardLoopCharacteristics loopMaximum="5"><loopCondition>{text}</loopCondition>'
    found = node(around(f'<task id="n">{loop}</standardLoopCharacteristics></task>')).loop

    assert isinstance(found, StandardLoop)
    assert found.condition == Expression(f"${{{text}}}", "juel", 1)


def test_multi_instance_reads_collections_of_all_dialects() -> None:
    camunda = (
        '<task id="n"><multiInstanceLoopCharacteristics isSequential="true" camunda:collection="orders" '
        'camunda:elementVariable="order"><completionCondition>${done}</completionCondition>'
        "</multiInstanceLoopCharacteristics></task>"
    )
    zeebe = (
        '<task id="n"><multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics '
        'inputCollection="=orders" inputElement="order" outputCollection="results" outputElement="=result"/>'
        "</extensionElements></multiInstanceLoopCharacteristics></task>"
    )
    standard = (
        '<task id="n"><ioSpecification><dataInput id="in" name="orders" isCollection="true"/>'
        '<dataOutput id="out" name="results" isCollection="true"/></ioSpecification>'
        "<multiInstanceLoopCharacteristics><loopDataInputRef>in</loopDataInputRef>"
        '<loopDataOutputRef>out</loopDataOutputRef><inputDataItem id="i" name="order"/>'
        '<outputDataItem id="o" name="result"/></multiInstanceLoopCharacteristics></task>'
    )
    loops = [node(around(task)).loop for task in (camunda, zeebe, standard)]

    for loop in loops:
        assert isinstance(loop, MultiInstance)
        assert loop.collection is not None
        assert loop.collection.text.removeprefix("=") == "orders"
        assert loop.element_variable == "order"
    first, second, third = (loop for loop in loops if isinstance(loop, MultiInstance))
    assert first.sequential
    assert first.completion_condition == Expression("${done}", "juel", 1)
    assert (second.output_collection, second.output_element) == ("results", Expression("=result", "feel", 1))
    assert (third.output_collection, third.output_element) == ("results", Expression("result", "python", 1))


def test_multi_instance_behaviours_carry_their_events() -> None:
    root = '<signal id="s" name="one done"/><signalEventDefinition id="d" signalRef="s"/>'
    one = node(
        around(
            '<task id="n"><multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="d">'
            "<loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>",
            root,
        )
    ).loop
    many = node(
        around(
            '<task id="n"><multiInstanceLoopCharacteristics behavior="Complex"><loopCardinality>3</loopCardinality>'
            "<complexBehaviorDefinition><condition>${x}</condition><event><signalEventDefinition "
            'signalRef="s"/></event>'
            "</complexBehaviorDefinition></multiInstanceLoopCharacteristics></task>",
            root,
        )
    ).loop

    assert isinstance(one, MultiInstance)
    assert one.behavior_event is not None
    assert one.behavior_event.name == Expression("one done", "literal", 1)
    assert isinstance(many, MultiInstance)
    (rule,) = many.complex_behavior
    assert rule.condition.text == "${x}"
    assert rule.event is not None
    assert rule.event.name == Expression("one done", "literal", 1)


def test_data_references_stand_for_the_variable_that_they_name() -> None:
    task = (
        '<task id="n"><ioSpecification><dataInput id="in" name="given"/><inputSet><dataInputRefs>in</dataInputRefs>'
        "</inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>ref</sourceRef>"
        "<targetRef>in</targetRef></dataInputAssociation></task>"
    )
    data = '<dataObject id="object"/><dataObjectReference id="ref" name="order" dataObjectRef="object"/>'
    found = model(around(task, more=data))

    assert [(item.id, item.name, item.kind) for item in found.data] == [("object", "order", "object")]
    (association,) = found.nodes["n"].input_data
    assert (association.sources, association.target) == (("order",), "given")


def test_an_association_that_is_only_drawn_moves_no_data() -> None:
    task = (
        '<task id="n"><property id="q" name="__targetRef_placeholder"/><dataInputAssociation><sourceRef>ref</sourceRef>'
        "<targetRef>q</targetRef></dataInputAssociation></task>"
    )
    data = '<dataObject id="object"/><dataObjectReference id="ref" name="order" dataObjectRef="object"/>'
    found = node(around(task, more=data))

    assert found.input_data == ()
    assert found.data == ()


def test_lanes_name_their_nodes_innermost_first() -> None:
    lanes = (
        '<laneSet><lane id="outer" name="Sales"><flowNodeRef>a</flowNodeRef><flowNodeRef>b</flowNodeRef><childLaneSet>'
        '<lane id="inner" name="Clerks"><flowNodeRef>b</flowNodeRef></lane></childLaneSet></lane></laneSet>'
    )
    found = model(process(f'{lanes}<task id="a"/><task id="b"/>', "a>b"))

    assert (found.nodes["a"].lane, found.nodes["b"].lane) == ("Sales", "Clerks")


def test_flows_without_an_id_get_the_same_id_every_time() -> None:
    flow = '<sequenceFlow sourceRef="a" targetRef="b"/>'
    data = process(f'<task id="a"/><task id="b"/>{flow}{flow}')

    first, second = model(data), model(data)

    assert list(first.flows) == list(second.flows) == ["flow-a-b", "flow-a-b-2"]
    assert all(item.implicit for item in first.flows.values())
    assert first.nodes["a"].outgoing == ("flow-a-b", "flow-a-b-2")


@pytest.mark.parametrize(
    "task",
    [
        '<callActivity id="n"><extensionElements><zeebe:calledElement/></extensionElements></callActivity>',
        '<callActivity id="n" calledElement="x" camunda:calledElementBinding="newest"/>',
        '<callActivity id="n" calledElement="x" camunda:calledElementBinding="version"/>',
        '<businessRuleTask id="n" camunda:decisionRef="x" camunda:decisionRefBinding="versionTag"/>',
    ],
)
def test_a_call_that_cannot_be_resolved_is_refused(task: str) -> None:
    assert "called-process" in rules_of(read(around(task)))


@pytest.mark.parametrize("mapping", ['source="a"', 'target="b"', 'sourceExpression="${a}"', "", 'local="true"'])
def test_a_mapping_without_both_ends_is_refused(mapping: str) -> None:
    inner = f"<extensionElements><camunda:in {mapping}/></extensionElements>"
    task = f'<callActivity id="n" calledElement="x">{inner}</callActivity>'

    assert rules_of(read(around(task))) == ["incomplete-mapping"]
