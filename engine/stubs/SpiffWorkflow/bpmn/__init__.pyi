from SpiffWorkflow.bpmn.util import BpmnEvent as BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow as BpmnWorkflow
