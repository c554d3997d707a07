from typing import Any

class EventDefinition:
    name: str | None
    description: str | None
    def __init__(self, name: str | None = ..., description: str | None = ...) -> None: ...
    def catches(self, my_task: Any, event: Any) -> bool: ...
