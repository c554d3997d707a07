from typing import Any

class TaskState:
    MAYBE: int
    LIKELY: int
    FUTURE: int
    WAITING: int
    READY: int
    STARTED: int
    COMPLETED: int
    ERROR: int
    CANCELLED: int
    FINISHED_MASK: int
    DEFINITE_MASK: int
    PREDICTED_MASK: int
    NOT_FINISHED_MASK: int
    ANY_MASK: int
    @classmethod
    def get_name(cls, state: int) -> str: ...
    @classmethod
    def get_value(cls, name: str) -> int: ...

class TaskFilter:
    state: int
    updated_ts: float
    manual: bool | None
    spec_name: str | None
    spec_class: type[Any] | None
    def __init__(
        self,
        state: int = ...,
        updated_ts: float = ...,
        manual: bool | None = ...,
        spec_name: str | None = ...,
        spec_class: type[Any] | None = ...,
    ) -> None: ...
    def matches(self, task: Any) -> bool: ...
