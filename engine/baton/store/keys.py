"""Every key name. To know what Redis holds, read this file and the other ``…_keys.py``.

All keys of a partition share the hash tag ``{pNN}``, so that a commit touches one slot; what belongs to no instance
(definitions, deployments) lives under ``{defs}``, people and API keys under ``{ids}``. Blobs are bytes of msgpack.

========================  ======  ====================================================================================
key                       type    holds
========================  ======  ====================================================================================
{pNN}:i:<id>              hash    state of an instance: field -> blob; ``~l`` lease, ``~u`` its end, ``~v`` version,
                                  ``~n`` leases that ran out since the last commit,
                                  ``~d`` when the first attempt at an external task will have taken too long
{pNN}:k:<id>              hash    locks: task number -> msgpack [fence, until, worker, queue key, how long an attempt
                                  may take, when this one has taken too long, blob of its progress]; 0: no limit
{pNN}:o:<task id>         hash    what steps of an external task gave: key -> blob; goes with the task
{pNN}:c:<id>              hash    comments on tasks: id of a comment -> blob
{pNN}:h:<id>              list    history: one chunk of events per turn
{pNN}:m:<id>              list    mailbox: commands that wait
{pNN}:a:<command id>      string  answer of a command, "" while it waits; expires
{pNN}:agenda              zset    instance id, scored by the next moment it needs attention
{pNN}:live                stream  committed turns, trimmed; its ids are the ids of the live stream
{pNN}:captured            stream  turns for the sinks, until all of them have them
{pNN}:out                 zset    outgoing id, scored by the next moment to send it
{pNN}:outb                hash    outgoing id -> blob
{pNN}:n                   zset    name of every message that is buffered
{pNN}:n:<name>            zset    lexicographic: ``b`` business key NUL outgoing id
{pNN}:ub:<key>            hash    business keys that must be unique, of a process and a tenant -> instance id
{pNN}:topics              zset    name of every queue that is not empty, scored by priority
{pNN}:q:<prio>:<topic>    zset    task id, scored by the next moment it may be locked; inf: not without an operator
{pNN}:s:<state>           zset    instance id, scored by its start (ended: by its end)
{pNN}:d:<definition>      zset    unfinished instance ids of a definition, scored by start
{pNN}:e:<definition>      zset    ended instance ids of a definition, scored by end
{pNN}:sb:<state>          zset    ended instance ids of a state, scored by start
{pNN}:eb:<definition>     zset    ended instance ids of a definition, scored by start
{pNN}:un                  zset    ids of instances that have undone all they could, scored by start
{pNN}:bk                  zset    lexicographic: business key, NUL, instance id; all scores 0
{pNN}:u                   zset    open user task ids, scored by creation
{pNN}:ua:<assignee>       zset    the same by assignee; ``ug:<group>`` by candidate group, ``uc:<user>`` by candidate
{pNN}:j                   zset    job ids, scored by due date
{pNN}:x                   zset    incident ids, scored by creation
{pNN}:w                   zset    ``kind:name`` of every subscription index that is not empty
{pNN}:w:<kind>:<name>     zset    lexicographic: ``b`` business key NUL subscription id; ``c`` correlation key NUL id
{pNN}:ttl                 zset    ended instance id, scored by the moment its history may go
{pNN}:rate:<hour>         hash    instances that started (``s``) and ended (``e``), ms that these took (``t``), in an
                                  hour since the epoch; with 0 to 59 behind the letter in a minute of it; expires
{pNN}:audit               stream  entries of the audit: blobs, by ids ``<moment>-<number>``; ``:copy`` while sealed anew
{pNN}:audit:head          hash    of its chain: ``n`` number, ``h`` hash and ``t`` moment of the newest entry
{pNN}:audit:values        hash    number of an entry -> blob of its values, until they are erased
{pNN}:audit:i:<id>        list    stream ids of the entries about an instance, the oldest first
{pNN}:held                hash    instance under legal hold -> blob [moment, by, reason]
{pNN}:approvals           hash    instance -> blob of the command that waits for a second person
{pNN}:sure                string  "", written so that ``WAIT`` has something to wait for; expires at once
{defs}:indexed            string  "1": all instances are in the indexes above, also those of earlier releases
{defs}:gone               set     ids of definitions that were deleted while ended instances of them were kept
{defs}:generation         int     grows with every change of a definition
{defs}:d                  hash    definition id -> blob
{defs}:latest             hash    definition key -> definition id of its latest version
{defs}:v:<key>            zset    definition ids of a key, scored by version
{defs}:dd, :dlatest, :dv          the three above, of decisions instead of processes
{defs}:starts             hash    ``kind NUL name NUL key`` -> blob [definition id, element]
{defs}:timers             zset    ``definition id NUL element``, scored by the next moment it starts an instance
{defs}:timerb             hash    the same member -> blob: what is left of the timer
{defs}:dep                hash    deployment id -> blob
{defs}:deps               zset    deployment id, scored by time
{defs}:depn:<name>        zset    deployment ids of a name, scored by time
{defs}:r:<deployment>     hash    resource id -> blob of its content; ``:heads`` what the root elements of its files say
{defs}:msg:<message id>   string  what became of a message; expires
{defs}:idem:<key>         string  blob of a request's answer; expires
{defs}:limits             hash    topic -> blob [locks per second, locks at once] of topics that are limited
{defs}:held:<topic>       zset    task ids that are locked, of a limited topic, scored by the end of the lock
{defs}:pace:<topic>       string  the moment up to which a limited topic has used its locks; expires
{defs}:fetched            zset    topic, NUL, worker id, scored by when the worker last asked for the topic; expires
{defs}:watchdog           string  blob [moment, findings] of the watchdog's last look
{defs}:sink:<name>        hash    how far a sink is: partition -> entry id; ``~owner``, ``~until`` its lease, ``~error``
{defs}:dead               hash    id of a dead letter -> blob
{defs}:deadt              zset    ids of dead letters, scored by time
{defs}:deadof:<place>     zset    the same of one sink or source
{defs}:again:<place>      zset    of these, those that are to be sent again
{defs}:alerts             hash    rule NUL subject of what the watchdog finds -> when it was found first, and last, told
{defs}:hosts              hash    host that processes call and that fails -> blob; expires
{defs}:progress           int     when a process last executed due turns and timers
{defs}:drafts             hash    draft id -> blob: its name and which versions are kept
{defs}:draft:<draft>      hash    version of a draft -> blob of its files
{defs}:sensitive          set     names and patterns of variables that processes call sensitive
{defs}:published          stream  CloudEvents for the outside, trimmed
{ids}:u                   hash    user id -> blob
{ids}:g                   hash    group id -> blob
{ids}:k                   hash    SHA-256 of an API key -> blob
{ids}:s:<SHA-256>         string  blob of a session; expires
{ids}:su:<user>           zset    SHA-256 of the sessions of a user, scored by their end
{ids}:try:<who>           int     attempts to sign in that failed of late; expires. ``at:<user>``: zset of who did
{ids}:sent:<SHA-256>      string  blob of a sign-in that the OpenID provider has to answer; expires
{ids}:anchors             stream  blobs of the hourly anchors of the audit; ``{ids}:anchors:head`` as that of a chain
{ids}:use:<what>          int     requests of a caller in a minute; expires
{ids}:first:<SHA-256>     string  "1": a link for the first administrator; expires
========================  ======  ====================================================================================
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Literal

LEASE, UNTIL, VERSION = "~l", "~u", "~v"
"""Fields of the state hash that are the store's own; all others are the runtime's."""

DEFS = "{defs}"
SEPARATOR = "\0"
TENANT_SEPARATOR = "\x1f"


@cache
def make_tag(partition: int) -> str:
    return f"{{p{partition:02d}}}"


@lru_cache(maxsize=1024)
def find_tag(instance_id: str) -> str:
    """The hash tag of an instance id or record id, which ends in (or before the dot has) its partition."""
    return f"{{p{instance_id.partition('.')[0].rpartition('-')[2]}}}"


def name_state(instance_id: str) -> str:
    return f"{find_tag(instance_id)}:i:{instance_id}"


def name_locks(instance_id: str) -> str:
    return f"{find_tag(instance_id)}:k:{instance_id}"


def name_results(task_id: str) -> str:
    return f"{find_tag(task_id)}:o:{task_id}"


def name_comments(instance_id: str) -> str:
    return f"{find_tag(instance_id)}:c:{instance_id}"


def name_history(instance_id: str) -> str:
    return f"{find_tag(instance_id)}:h:{instance_id}"


def name_mailbox(instance_id: str) -> str:
    return f"{find_tag(instance_id)}:m:{instance_id}"


def name_answer(instance_id: str, command_id: str) -> str:
    return f"{find_tag(instance_id)}:a:{command_id}"


def name_agenda(prefix: str) -> str:
    return f"{prefix}:agenda"


def name_live(prefix: str) -> str:
    return f"{prefix}:live"


def name_sure(key: str) -> str:
    """In the slot of a key."""
    return f"{key.partition('}')[0]}}}:sure"


def name_captured(prefix: str) -> str:
    return f"{prefix}:captured"


def name_outbox(prefix: str) -> str:
    return f"{prefix}:out"


def name_outbox_bodies(prefix: str) -> str:
    return f"{prefix}:outb"


@cache
def name_topics(prefix: str) -> str:
    """Kept, as that of a tag: a fetch names those of all partitions."""
    return f"{prefix}:topics"


def join_queue_name(topic: str, priority: int) -> str:
    return f"{priority}:{topic}"


def name_queue(prefix: str, name: str) -> str:
    return f"{prefix}:q:{name}"


def name_by_state(prefix: str, state_name: str, *, by_start: bool = False) -> str:
    """``by_start``: of a state that has ended."""
    return f"{prefix}:{'sb' if by_start else 's'}:{state_name}"


def name_unfinished(prefix: str, definition_id: str) -> str:
    return f"{prefix}:d:{definition_id}"


def name_ended(prefix: str, definition_id: str, *, by_start: bool = False) -> str:
    return f"{prefix}:{'eb' if by_start else 'e'}:{definition_id}"


def name_undone(prefix: str) -> str:
    return f"{prefix}:un"


def name_business_keys(prefix: str) -> str:
    return f"{prefix}:bk"


def name_user_tasks(prefix: str) -> str:
    return f"{prefix}:u"


def name_user_tasks_of_assignee(prefix: str, user: str) -> str:
    return f"{prefix}:ua:{user}"


def name_user_tasks_of_group(prefix: str, group: str) -> str:
    return f"{prefix}:ug:{group}"


def name_user_tasks_of_candidate(prefix: str, user: str) -> str:
    return f"{prefix}:uc:{user}"


def name_jobs(prefix: str) -> str:
    return f"{prefix}:j"


def name_incidents(prefix: str) -> str:
    return f"{prefix}:x"


def name_waits(prefix: str) -> str:
    return f"{prefix}:w"


def join_wait_name(kind: str, name: str) -> str:
    return f"{kind}:{name}"


def name_waiting(prefix: str, name: str) -> str:
    return f"{prefix}:w:{name}"


def name_rates(prefix: str, hour: int) -> str:
    return f"{prefix}:rate:{hour}"


def name_retention(prefix: str) -> str:
    return f"{prefix}:ttl"


def name_buffered_names(prefix: str) -> str:
    return f"{prefix}:n"


def name_buffered(prefix: str, name: str) -> str:
    return f"{prefix}:n:{name}"


INDEXED = f"{DEFS}:indexed"
GONE = f"{DEFS}:gone"
GENERATION = f"{DEFS}:generation"
DEFINITIONS = f"{DEFS}:d"
LATEST = f"{DEFS}:latest"
DECISIONS = f"{DEFS}:dd"
LATEST_DECISIONS = f"{DEFS}:dlatest"
STARTS = f"{DEFS}:starts"
START_TIMERS = f"{DEFS}:timers"
START_TIMER_BODIES = f"{DEFS}:timerb"
DEPLOYMENTS = f"{DEFS}:dep"
DEPLOYMENTS_BY_TIME = f"{DEFS}:deps"
PUBLISHED = f"{DEFS}:published"
SENSITIVE = f"{DEFS}:sensitive"
LIMITS = f"{DEFS}:limits"
TOPIC_USES = f"{DEFS}:topicuse"
FETCHED = f"{DEFS}:fetched"
WATCHDOG = f"{DEFS}:watchdog"
PROGRESS = f"{DEFS}:progress"
CALLED_HOSTS = f"{DEFS}:hosts"
ALERTS = f"{DEFS}:alerts"
SOURCES = f"{DEFS}:sources"
LETTERS = f"{DEFS}:dead"
LETTERS_BY_TIME = f"{DEFS}:deadt"
DRAFTS = f"{DEFS}:drafts"


def join_place(key: str, tenant_id: str | None) -> str:
    """What the versions of a definition are kept under: each tenant has versions of its own."""
    return key if tenant_id is None else f"{tenant_id}{TENANT_SEPARATOR}{key}"


def name_versions(place: str) -> str:
    return f"{DEFS}:v:{place}"


def name_decision_versions(place: str) -> str:
    return f"{DEFS}:dv:{place}"


def name_deployments_of_name(name: str) -> str:
    return f"{DEFS}:depn:{name}"


def name_draft(draft_id: str) -> str:
    return f"{DEFS}:draft:{draft_id}"


def name_resources(deployment_id: str) -> str:
    return f"{DEFS}:r:{deployment_id}"


def name_unique_business_keys(prefix: str, process_key: str, tenant_id: str | None = None) -> str:
    return f"{prefix}:ub:{join_place(process_key, tenant_id)}"


def name_seen_message(message_id: str) -> str:
    return f"{DEFS}:msg:{message_id}"


def name_idempotency(key: str) -> str:
    return f"{DEFS}:idem:{key}"


def name_sink(name: str) -> str:
    return f"{DEFS}:sink:{name}"


def name_letters_of(place: str) -> str:
    return f"{DEFS}:deadof:{place}"


def name_letters_again(place: str) -> str:
    return f"{DEFS}:again:{place}"


def name_held(topic: str) -> str:
    return f"{DEFS}:held:{topic}"


def name_pace(topic: str) -> str:
    return f"{DEFS}:pace:{topic}"


IDS = "{ids}"
USERS = f"{IDS}:u"
USER_GROUPS = f"{IDS}:g"
API_KEYS = f"{IDS}:k"
TENANTS = f"{IDS}:t"
GRANTS = f"{IDS}:a"


def name_session(digest: str) -> str:
    return f"{IDS}:s:{digest}"


def name_sessions_of(user_id: str) -> str:
    return f"{IDS}:su:{user_id}"


def name_attempts(who: str) -> str:
    return f"{IDS}:try:{who}"


def name_pending(digest: str) -> str:
    return f"{IDS}:sent:{digest}"


ANCHORS = f"{IDS}:anchors"
COPY = ":copy"


def name_audit(prefix: str) -> str:
    return f"{prefix}:audit"


def name_audit_values(prefix: str) -> str:
    return f"{prefix}:audit:values"


def name_audit_of_instance(instance_id: str) -> str:
    return f"{find_tag(instance_id)}:audit:i:{instance_id}"


def name_instances(prefix: str, what: Literal["held", "approvals"]) -> str:
    return f"{prefix}:{what}"


def name_chain_head(stream: str) -> str:
    """Of the audit of a partition, or of the anchors."""
    return f"{stream}:head"


def name_use(what: str) -> str:
    return f"{IDS}:use:{what}"


def name_invitation(digest: str) -> str:
    return f"{IDS}:first:{digest}"
