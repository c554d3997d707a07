from SpiffWorkflow.bpmn.util.event import BpmnEvent as BpmnEvent
