from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

class WhiteNoise:
    application: Callable[..., Iterable[bytes]]
    files: dict[str, Any]
    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        *,
        max_age: int | None = ...,
        allow_all_origins: bool = ...,
        add_headers_function: Callable[[Headers, str, str], None] | None = ...,
    ) -> None: ...
    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]: ...
    def add_files(self, root: Path, prefix: str | None = ...) -> None: ...
    @staticmethod
    def serve(static_file: Any, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]: ...
