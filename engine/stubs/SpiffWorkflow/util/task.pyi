class TaskState:
    MAYBE: int
    LIKELY: int
    FUTURE: int
    WAITING: int
    READY: int
    STARTED: int
    ERROR: int
    COMPLETED: int
    CANCELLED: int
    FINISHED_MASK: int
    NOT_FINISHED_MASK: int
    @classmethod
    def get_name(cls, state: int) -> str: ...
