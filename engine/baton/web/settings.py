"""What an operator can set about the web; every setting has an environment variable ``BATON_…``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from baton.settings import DefaultText, NotInEnvironment, RoomSettings

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")

Positive = Annotated[int, Field(ge=1)]
NotNegative = Annotated[int, Field(ge=0)]


ON = "see [limits of callers](../how-to/secure.md#limits)"
LIMITS = {
    "requests_per_minute": 60_000,
    "starts_per_minute": 30_000,
    "streams_per_caller": 100,
    "long_polls_per_caller": 500,
}
"""Beyond loopback, if nothing else is said."""


class WebSettings(RoomSettings):
    """The web. Limits are those of each web process."""

    bind: Annotated[str, DefaultText("set by `baton serve`")] = "127.0.0.1:8080"
    """The address that the web listens on, `host:port` or `unix:path`. It decides which Host headers are accepted."""
    hosts: Annotated[
        tuple[str, ...] | None,
        NoDecode,
        DefaultText("the loopback names when bound to loopback, else any"),
    ] = LOOPBACK
    """Accepted names in the Host header, comma-separated; `*` accepts any."""
    origins: Annotated[tuple[str, ...], NoDecode, DefaultText("none")] = ()
    """Other sites (`https://host:port`), comma-separated, whose pages may send requests that change something."""
    sign_in: Annotated[
        Literal["open", "required"] | None, DefaultText("`open` when bound to loopback, else `required`")
    ] = None
    """Whether people and programs must say who they are. With `open` everybody who reaches the port may do everything.
    Set by `baton serve --sign-in` and `--open-to-everybody`."""
    behind_proxy: bool = False
    """Whether a proxy stands before the web: then `X-Forwarded-For` and `X-Forwarded-Proto`, which it must set, are
    believed. Set by `baton serve --behind-proxy`."""
    tls_cert: Annotated[Path | None, DefaultText("none: without TLS")] = None
    """The certificate of the web with those between it and its authority, in PEM. Set by `baton serve --tls-cert`."""
    tls_key: Annotated[Path | None, DefaultText("in the file of the certificate")] = None
    """The key of the certificate, in PEM, without a password. Set by `baton serve --tls-key`."""
    tls_client_ca: Annotated[Path | None, DefaultText("none")] = None
    """Authorities in PEM whose client certificates are accepted, with TLS of the web's own."""
    client_certificates: Annotated[tuple[tuple[str, str], ...], NoDecode, DefaultText("none")] = ()
    """Who has a client certificate, by the common name of its subject: `billing=key:payments,anna=user:anna`. A `key`
    is the name of an API key, whose roles, topics and end count; a `user` the id of a user."""
    max_body_bytes: Positive = 16 * 1024 * 1024
    """The largest size of a request body."""
    fast_routes: bool = True
    """Whether the plain requests that workers send most are answered without Flask in between. The answers are the
    same; `false` is there to tell whether this is the cause of something."""
    request_seconds: Annotated[float, Field(gt=0)] = 60.0
    """How long a request may take to arrive, head and body. If it takes longer, it is answered with 408 and the
    connection is closed."""
    most_searched: Positive = 1_500
    """How many instances one list, count or report reads where no index has its filters or its order. One whose
    variables are read counts as two, and each event of a history that is read counts too. The answer then says
    [where to go on](rest.md#lists-at-size)."""
    max_streams: NotNegative = 5_000
    """The largest number of open live streams."""
    streams_kept: NotNegative = 10
    """How many live streams of browsers each web process serves itself. Further ones, those of programs, and all while
    there are such, are served by a [process of their own](../how-to/scale-out.md#live-streams), whose limits are its
    own too."""
    streams_socket: Annotated[Path | None, DefaultText("set by `baton serve`")] = None
    """The local socket by which web processes hand live streams over. Without it they serve all of them themselves."""
    metrics_folder: Annotated[Path | None, DefaultText("set by `baton serve`")] = None
    """Where the processes that answer requests count them together. Without it `/metrics` tells what one of them has
    counted. The variable `PROMETHEUS_MULTIPROC_DIR` must name the same folder."""
    max_long_polls: NotNegative = 2_000
    """The largest number of waiting `fetchAndLock` requests."""
    max_long_poll_ms: NotNegative = 1_800_000
    """The longest time that a `fetchAndLock` request may wait."""
    requests_per_minute: Annotated[NotNegative | None, DefaultText(ON)] = None
    """How many requests one caller (a person, or the API keys of one name) may send in a minute, over all processes.
    More are answered with 429 and `Retry-After`. 0: no limit."""
    starts_per_minute: Annotated[NotNegative | None, DefaultText(ON)] = None
    """The same for starts of instances."""
    streams_per_caller: Annotated[NotNegative | None, DefaultText(ON)] = None
    """How many live streams one caller may have open. 0: no limit."""
    long_polls_per_caller: Annotated[NotNegative | None, DefaultText(ON)] = None
    """How many `fetchAndLock` requests of one caller may wait. 0: no limit."""
    max_results: Positive = 10_000
    """The largest page of a list, also without `maxResults`."""
    heartbeat_seconds: Annotated[float, Field(gt=0)] = 15.0
    """How often a stream without events sends a heartbeat."""
    idempotency_hours: Annotated[float, Field(gt=0)] = 24.0
    """How long the answer to a request with an `Idempotency-Key` is stored."""
    trace_url: Annotated[str | None, DefaultText("none: no link")] = None
    """Where people see the [trace](../how-to/traces.md) of an instance, with `{trace}` for its id:
    `http://zipkin:9411/zipkin/traces/{trace}`. The page of an instance then leads there."""
    static: Annotated[Path, NotInEnvironment()] = Path(__file__).parent / "static"
    """The files of the designer."""

    @field_validator("trace_url")
    @classmethod
    def _check_trace_url(cls, text: str | None) -> str | None:
        if text and ("{trace}" not in text or not text.startswith(("http://", "https://"))):
            raise ValueError("an address with http or https and with {trace} in it")
        return text or None

    @field_validator("hosts", "origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return None if value == "*" else tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("client_certificates", mode="before")
    @classmethod
    def _read_certificates(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [part.strip().rpartition("=") for part in value.split(",") if part.strip()]
        if not all(
            name and who.partition(":")[0] in ("key", "user") and who.partition(":")[2] for name, _, who in pairs
        ):
            raise ValueError("like 'common name=key:NAME,common name=user:ID'")
        return tuple((name, who) for name, _, who in pairs)

    @property
    def requires_sign_in(self) -> bool:
        """Whether the web asks who somebody is."""
        return self.sign_in == "required" or (self.sign_in is None and not is_loopback(self.bind))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **given: Any) -> Self:
        """Without ``BATON_HOSTS`` a web that is bound to the outside answers to any name."""
        found = super().from_environment(environment, **given)
        if "hosts" in found.model_fields_set or is_loopback(found.bind):
            return found
        open_hosts = found.model_copy(update={"hosts": None})
        open_hosts.model_fields_set.discard("hosts")
        return open_hosts

    @property
    def accepted_hosts(self) -> frozenset[str] | None:
        """``hosts``, and where this machine asks itself: no page of another site can name it by that. None: any."""
        if self.hosts is None:
            return None
        return frozenset((*self.hosts, *LOOPBACK, self.bind.rsplit(":", 1)[0]))

    def get_limit(self, name: str) -> int | None:
        """One of ``LIMITS``; None: no limit."""
        said: int | None = getattr(self, name)
        chosen = said if said is not None else 0 if is_loopback(self.bind) else LIMITS[name]
        return chosen or None

    @property
    def names_hosts(self) -> bool:
        """Whether somebody has said which Host headers are accepted."""
        return "hosts" in self.model_fields_set


def is_loopback(bind: str) -> bool:
    """Whether only this machine reaches what listens there."""
    return bind.rsplit(":", 1)[0] in LOOPBACK or bind.startswith("unix:")
