from collections.abc import Callable
from typing import Any

def parse_parameters(func: Callable[..., Any], *, doc_ui: bool) -> Any: ...
