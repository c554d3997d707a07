from SpiffWorkflow.specs.MultiChoice import MultiChoice

class ExclusiveChoice(MultiChoice):
    default_task_spec: str | None
