from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec as BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec as BpmnTaskSpec
