from SpiffWorkflow.task import Task as Task
from SpiffWorkflow.util.task import TaskState as TaskState
from SpiffWorkflow.workflow import Workflow as Workflow
