from SpiffWorkflow.specs.base import TaskSpec as TaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec as WorkflowSpec
