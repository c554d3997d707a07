"""What an operator can set about the engine; every setting has an environment variable ``BATON_…``."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, field_validator

from baton.model.commands import OnFailure
from baton.service.core.archive_age import read_age
from baton.service.core.cleanup_window import read_window
from baton.service.core.clock import ReadTime, make_shifted_clock, read_system_clock
from baton.service.core.limit_settings import read_limits
from baton.settings import DefaultText, NotInEnvironment, RoomSettings, Secret, WrongSetting
from baton.store.blobs import BlobCodec

Positive = Annotated[int, Field(ge=1)]
NotNegative = Annotated[int, Field(ge=0)]
SECOND_PERSON = frozenset({"rollback", "skip", "mark-undone"})
"""What can ask for a second person."""


MOST_INDEXED = 10
"""Each costs every instance that has such a variable some hundred bytes."""


def read_names(text: str) -> list[str]:
    """Those between commas, each once."""
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


class Settings(RoomSettings):
    """The engine: how it stores, how long it waits, what it refuses. Times are milliseconds."""

    redis_url: Annotated[str, Secret(), DefaultText("the embedded Valkey")] = Field(default="", repr=False)
    """Where the store is, as `serve --redis-url` says: `redis://`, `rediss://`, `unix://`, `sentinel://`,
    `sentinel+rediss://`, `cluster+redis://`, `cluster+rediss://`."""
    partitions: Positive = 64
    """Number of partitions over which instances are spread. It cannot be changed once there is data."""
    lease_ms: Positive = 10_000
    """How long a process may hold an instance without a renewal. If it dies, another process takes over after this
    time; a single step that takes longer is lost."""
    max_lost_turns: Positive = 2
    """How many turns of an instance may be lost in a row, because the process died or took longer than the lease.
    After that the instance is not tried again but gets an incident `turnTooLong`."""
    stalled_ms: Positive = 20_000
    """If no process has executed due turns and timers for this time, `/readyz` answers DOWN."""
    max_turn_ms: NotNegative = 1_000
    """A turn that takes longer is split between two steps and continued in the next turn, so that it does not block
    others. Set it below `BATON_LEASE_MS`."""
    replicas: NotNegative = 0
    """Number of replicas that must have a change before it is confirmed. Run
    [one more replica](../how-to/scale-out.md#when-the-stores-machine-dies) than this number."""
    encryption_keys: Annotated[str, Secret(), DefaultText("none")] = Field(default="", repr=False)
    """`number:base64,…`: keys of 16, 24 or 32 bytes that encrypt all state. The first key encrypts; all keys can
    decrypt."""
    compact_history: Annotated[bool | None, DefaultText("`true` with the embedded Valkey, else `false`")] = None
    """Whether histories are written in fewer bytes, in a form that releases before 0.3 cannot read. `true` is for a
    store at which no such release is at work any more, on any host; pages of tasks by urgency then take less, too."""
    indexed_variables: Annotated[str, DefaultText("none")] = ""
    """Names of variables, at most 10, [by whose values](../how-to/index-variables.md) process instances are found at
    any size: `customerId,orderNumber`. All hosts must have the same, and `BATON_COMPACT_HISTORY`."""
    answer_ms: Positive = 30_000
    """How long a request waits for the turn that applies its command."""
    keep_answers_ms: Positive = 60_000
    """How long an answer is stored for a repeat of the same command."""
    keep_keyed_ms: Positive = 86_400_000
    """The same for commands with an id chosen by the caller, and for the ids of messages."""
    cached_instances: NotNegative = 1_000
    """Instances that each process holds in memory between their turns."""
    session_idle_minutes: Positive = 60
    """Somebody who does nothing for so long must sign in again."""
    session_hours: Positive = 12
    """So long after signing in somebody must sign in again in any case."""
    sensitive_variables: Annotated[str, DefaultText("none")] = ""
    """Names of variables whose values only those may see who have the permission `variable:sensitive`: `iban,card*`, in
    upper or lower case. A process can [name more](../how-to/personal-data.md)."""
    second_person: Annotated[str, DefaultText("none")] = ""
    """What [a second person](../how-to/secure.md#a-second-person) must approve: `rollback`, `skip`, `mark-undone`, with
    commas between them. A process can name more."""
    audit_days: NotNegative = 0
    """Days that entries of the audit are kept. With 0 they are kept without end."""
    live_length: NotNegative = 10_000
    """About how many turns the live stream of a partition reaches back."""
    batch_seconds: Annotated[float, Field(ge=0)] = 0.025
    """How long live streams collect events before they send them together. Beyond 250 streams of everything in one
    process it is longer, up to 0.1."""
    turns_in_a_row: Positive = 20
    """How many further turns of a busy instance a request executes for other requests after its own."""
    max_variable_bytes: Positive = 4 * 1024 * 1024
    """The largest size of a variable. A larger one is answered with 400."""
    max_instance_bytes: Positive = 32 * 1024 * 1024
    """About the largest size of all variables of one instance together. A request that would exceed it is answered with
    400."""
    max_history_events: Positive = 1_000_000
    """The largest number of events of one instance. After that, requests are answered with 409, except those that
    suspend or end it; a step that the engine would take by itself becomes an incident `limitExceeded`."""
    max_loop_instances: Positive = 10_000
    """The largest number of instances of one multi-instance activity, by cardinality or collection. More is an incident
    `limitExceeded`."""
    max_tokens: Positive = 50_000
    """The largest number of tokens of one instance at the same time, as nested multi-instance activities can make them.
    More is an incident `limitExceeded`."""
    compute_seconds: Annotated[float, Field(gt=0)] = 10.0
    """Seconds of processor time that one request may take for checking, deploying, a step of a simulation or evaluating
    a decision. After that it is answered with 422."""
    compute_memory_bytes: Annotated[int, Field(ge=256 * 1024 * 1024)] = 480 * 1024 * 1024
    """Memory (address space) of a process that does such work. A request that needs more is answered with 422."""
    compute_processes: Positive = 2
    """The largest number of such processes for each web process."""
    max_memory_share: Annotated[float, Field(gt=0)] = 0.8
    """The share of the store's `maxmemory`, or else of its machine's memory, above which new starts are answered with
    503 and `Retry-After`. Running instances continue."""
    min_disk_bytes: NotNegative = 256 * 1024 * 1024
    """Free space of the data folder below which new starts are answered with 503 in the same way (embedded Valkey)."""
    data: Annotated[str, DefaultText("set by `baton serve`")] = ""
    """The data folder, whose free space is watched; empty if you use your own Redis or Valkey."""
    most_instances: NotNegative = 0
    """How many instances may run before the watchdog [says so](../how-to/alerts.md#batonovercapacity); 0: any
    number."""
    most_waiting: NotNegative = 0
    """The same for the external tasks that wait in one topic."""
    on_failure: OnFailure = "incident"
    """What becomes of a request one of whose later steps fails before the next wait state. With `incident` the step
    waits to be repeated and the rest is kept; with `reject` nothing is kept, and the answer is 500 with the reason, as
    in Camunda 7. A process and a request can [say it themselves](rest.md#all-or-nothing)."""
    message_ttl_ms: NotNegative = 0
    """How long a message sent by an instance waits for a receiver. With 0 it is lost if no receiver is waiting."""
    message_retry_ms: NotNegative = 1_000
    """The pause between two attempts to deliver such a message."""
    batch_share: Annotated[int, Field(ge=1, le=100)] = 30
    """Percent of its time that a process of loops gives to batches. The rest is left to others, so that a batch of very
    many instances does not slow them."""
    batch_days: NotNegative = 30
    """Days that finished batches stay listed. Of these the last 1,000 are kept."""
    max_batch: Positive = 1_000_000
    """The largest number of instances, jobs or tasks of one batch. More are answered with 400."""
    max_batches: Positive = 1_000
    """The largest number of batches that are not finished. Another is answered with 409."""
    cleanup_window: Annotated[str, DefaultText("at any time")] = ""
    """The hours, in UTC, in which history is removed whose time is over: `22:00-06:00`. `POST /history/cleanup` removes
    it at once."""
    archive_after: Annotated[str, DefaultText("never")] = ""
    """How long after its end an instance leaves the store for the [archive](../how-to/archive.md), as an ISO 8601
    duration: `P30D`. It needs `baton-bpmn[archive]`."""
    archive_dir: Annotated[Path | None, DefaultText("`archive` in the data folder")] = None
    """The folder of the archive, on a disk of the one machine on which all processes of Baton run."""
    max_decision_instances: NotNegative = 10_000
    """How many evaluations of decisions that no process has asked for are kept in the history; of more the oldest go.
    With 0 none is kept."""
    standalone_task_days: NotNegative = 0
    """Days that ended tasks stay in the history which were created by hand and belong to no process. With 0 they are
    kept without end."""
    max_drafts: Positive = 1_000
    """The largest number of drafts that the designer keeps on the server. Beginning another is answered with 409."""
    max_draft_versions: Positive = 30
    """How many versions of a draft are kept. What one author saves within five minutes is one version."""
    max_draft_bytes: Positive = 2 * 1024 * 1024
    """The largest size of a draft with the files beside it. A larger one is answered with 400."""
    max_attachment_bytes: Positive = 5 * 1024 * 1024
    """The largest file that can be attached to a task. A larger one is answered with 400. An instance has at most 100
    attachments, and they take memory of the store."""
    sinks_file: Annotated[Path | None, DefaultText("none")] = None
    """A file in TOML that names the [sinks](../how-to/send-events.md) to which events are sent and the
    [sources](../how-to/take-events.md) from which they come."""
    topic_limits: Annotated[str, DefaultText("none")] = ""
    """Initial limits of topics: `charge-card:locksPerSecond=10:locksAtOnce=5,ship:locksAtOnce=2`; either limit may be
    left out. Limits that are [set over the API](rest.md) take precedence, also after a restart, until `DELETE` removes
    them."""
    test_clock: Annotated[Path | None, DefaultText("none")] = None
    """A file with the number of milliseconds by which all clocks are ahead. Only for tests of a whole Baton."""
    alone: Annotated[bool, NotInEnvironment()] = False
    """Whether no other process uses the store: then a change of definitions waits for none."""
    clock: Annotated[ReadTime, NotInEnvironment()] = read_system_clock
    """What tells the time."""
    random: Annotated[Callable[[int], bytes], NotInEnvironment()] = secrets.token_bytes
    """The bytes that ids are made of."""

    @field_validator("cleanup_window")
    @classmethod
    def _check_window(cls, text: str) -> str:
        read_window(text)
        return text

    @field_validator("archive_after")
    @classmethod
    def _check_age(cls, text: str) -> str:
        if read_age(text) is not None and find_spec("pyarrow") is None:
            raise ValueError("pyarrow to be there, which writes the archive: pip install 'baton-bpmn[archive]'")
        return text

    @property
    def archive_folder(self) -> Path | None:
        """Where the archive is, if there is one; None without a folder for it."""
        if self.archive_dir is not None:
            return self.archive_dir
        return Path(self.data) / "archive" if self.data else None

    @field_validator("topic_limits")
    @classmethod
    def _check_limits(cls, text: str) -> str:
        read_limits(text)
        return text

    @field_validator("indexed_variables")
    @classmethod
    def _check_indexed_variables(cls, text: str) -> str:
        if len(read_names(text)) > MOST_INDEXED:
            raise ValueError(f"at most {MOST_INDEXED} names, not {len(read_names(text))}")
        return text

    def choose_indexed_variables(self) -> list[str]:
        """Their names. Raises WrongSetting where an earlier release may be at work, which would leave them out."""
        names = read_names(self.indexed_variables)
        if names and not self.compact_history:
            raise WrongSetting(
                "Expected BATON_COMPACT_HISTORY=true beside BATON_INDEXED_VARIABLES: releases before 0.3 do not write "
                "that index. Set both once no such release is at work on the store any more, on any host"
            )
        return names

    @field_validator("second_person")
    @classmethod
    def _check_second_person(cls, text: str) -> str:
        if unknown := {name.strip() for name in text.split(",") if name.strip()} - SECOND_PERSON:
            raise ValueError(f"names among {', '.join(sorted(SECOND_PERSON))}, not {', '.join(sorted(unknown))}")
        return text

    @field_validator("encryption_keys")
    @classmethod
    def _check_keys(cls, text: str) -> str:
        try:
            BlobCodec.from_text(text)
        except ValueError as error:
            raise ValueError(
                f"like 'number:base64,number:base64' with keys of 16, 24 or 32 bytes, but {error}"
            ) from None
        return text

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **given: Any) -> Self:
        found = super().from_environment(environment, **given)
        if found.test_clock is None:
            return found
        return found.model_copy(update={"clock": make_shifted_clock(found.test_clock)})
