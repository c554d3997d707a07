from collections.abc import Callable
from typing import Any

class ExtType:
    def __new__(cls, code: int, data: bytes) -> ExtType: ...

class UnpackException(Exception): ...

def packb(
    o: object, *, default: Callable[[Any], Any] | None = ..., use_bin_type: bool = ..., strict_types: bool = ...
) -> bytes: ...
def unpackb(
    packed: Any,
    *,
    raw: bool = ...,
    strict_map_key: bool = ...,
    ext_hook: Callable[[int, bytes], Any] = ...,
) -> Any: ...
