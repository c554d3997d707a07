import ssl
from collections.abc import Callable
from typing import Any

class SSLOptions:
    def __init__(self, context: ssl.SSLContext, server_hostname: str | None = ...) -> None: ...

class ExternalCredentials: ...

class _Credentials:
    ExternalCredentials: type[ExternalCredentials]

credentials: _Credentials

class URLParameters:
    connection_attempts: int
    socket_timeout: float
    stack_timeout: float
    blocked_connection_timeout: float
    heartbeat: int
    ssl_options: SSLOptions | None
    credentials: object
    def __init__(self, url: str) -> None: ...

class BasicProperties:
    message_id: str | None
    content_type: str | None
    headers: dict[str, Any] | None
    def __init__(
        self,
        content_type: str | None = ...,
        *,
        delivery_mode: int | None = ...,
        message_id: str | None = ...,
        type: str | None = ...,
        headers: dict[str, Any] | None = ...,
    ) -> None: ...

class SelectConnection:
    ioloop: Any
    is_open: bool
    is_closed: bool
    def __init__(
        self,
        parameters: URLParameters,
        on_open_callback: Callable[..., object],
        on_open_error_callback: Callable[..., object],
        on_close_callback: Callable[..., object],
    ) -> None: ...
    def channel(self, *, on_open_callback: Callable[..., object]) -> Any: ...
    def close(self) -> None: ...
    def _terminate_stream(self, error: Exception | None) -> None: ...

class BlockingConnection:
    is_open: bool
    def __init__(self, parameters: URLParameters) -> None: ...
    def channel(self) -> Any: ...
    def process_data_events(self, time_limit: float | None = ...) -> None: ...
    def close(self) -> None: ...
