from tests.runtime.lab import Lab

X = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="x" id="d">
<error id="E" name="e" errorCode="rejected"/>
<process id="order" isExecutable="true">
<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="reserve"/>
<serviceTask id="reserve" camunda:type="external" camunda:topic="reserve"/>
<boundaryEvent id="cb1" attachedToRef="reserve"><compensateEventDefinition/></boundaryEvent>
<serviceTask id="release" isForCompensation="true" camunda:type="external" camunda:topic="release"/>
<association id="a1" sourceRef="cb1" targetRef="release" associationDirection="One"/>
<sequenceFlow id="f2" sourceRef="reserve" targetRef="charge"/>
<serviceTask id="charge" camunda:type="external" camunda:topic="charge"/>
<boundaryEvent id="cb2" attachedToRef="charge"><compensateEventDefinition/></boundaryEvent>
<serviceTask id="refund" isForCompensation="true" camunda:type="external" camunda:topic="refund"/>
<association id="a2" sourceRef="cb2" targetRef="refund" associationDirection="One"/>
<sequenceFlow id="f3" sourceRef="charge" targetRef="ship"/>
<serviceTask id="ship" camunda:type="external" camunda:topic="ship"/>
<boundaryEvent id="eb" attachedToRef="ship"><errorEventDefinition errorRef="E"/></boundaryEvent>
<sequenceFlow id="f4" sourceRef="ship" targetRef="end"/>
<endEvent id="end"/>
<sequenceFlow id="f5" sourceRef="eb" targetRef="undo"/>
<endEvent id="undo"><compensateEventDefinition/></endEvent>
</process></definitions>"""


def test_an_order_is_undone_in_reverse():
    lab = Lab.of(X).start(amount=5)
    assert lab.waiting == ["reserve"]
    lab.complete("reserve").complete("charge", paid=True)
    assert [e.element for e in lab.ledger] == ["reserve", "charge"]
    lab.error("ship", "rejected")
    assert lab.waiting == ["refund"], lab.events
    lab.complete("refund")
    assert lab.waiting == ["release"]
    lab.complete("release")
    assert lab.state == "completed"
    assert lab.undone == ["charge", "reserve"]
    assert lab.variables == {"amount": 5, "paid": True}
    print(lab.decision.header, lab.fields)


def test_all_well():
    lab = Lab.of(X, restoring=False).start(amount=5).complete("reserve").complete("charge").complete("ship")
    assert lab.state == "completed"
    assert lab.path() == ["s", "reserve", "charge", "ship", "end"]
