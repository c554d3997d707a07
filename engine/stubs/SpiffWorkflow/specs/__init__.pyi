from SpiffWorkflow.specs.base import TaskSpec as TaskSpec
from SpiffWorkflow.specs.ExclusiveChoice import ExclusiveChoice as ExclusiveChoice
from SpiffWorkflow.specs.MultiChoice import MultiChoice as MultiChoice
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec as WorkflowSpec
