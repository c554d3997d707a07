"""The contracts of events as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field

import baton
from baton.service import Contract
from baton.web.models.base import Answer

CONTENT_TYPE = "application/cloudevents+json"
_WORDS = {"send": "Sent by process", "receive": "Taken by the mappings of"}


class AsyncApi(Answer):
    """What the deployed definitions send and take."""

    asyncapi: str = "3.0.0"
    info: dict[str, Any]
    defaultContentType: str = CONTENT_TYPE
    channels: dict[str, Any] = Field(description="one for each type of event")
    operations: dict[str, Any] = Field(description="send: a process does; receive: Baton takes it")
    components: dict[str, Any] = Field(description="the events, each with the JSON Schema of its data")


def describe_contracts(contracts: Iterable[Contract]) -> AsyncApi:
    """Each process that sends a type, and each file of mappings that takes it, is an operation of its own."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for contract in contracts:
        channel = _make_name(contract.type)
        operation = _find_free(f"{contract.action}.{channel}.{_make_name(contract.place)}", operations)
        message = f"{operation}.v{_make_name(contract.version)}"
        messages[message] = _describe_message(contract)
        found = channels.setdefault(channel, {"address": contract.type, "messages": {}})
        found["messages"][message] = {"$ref": f"#/components/messages/{message}"}
        operations[operation] = {
            "action": contract.action,
            "channel": {"$ref": f"#/channels/{channel}"},
            "summary": f"{_WORDS[contract.action]} '{contract.place}'",
            "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
        }
    info = {"title": "Events of Baton", "version": baton.__version__}
    return AsyncApi(info=info, channels=channels, operations=operations, components={"messages": messages})


def _describe_message(contract: Contract) -> dict[str, Any]:
    return {
        "name": contract.type,
        "title": f"{contract.type}, version {contract.version}",
        "contentType": CONTENT_TYPE,
        "payload": _describe_event(contract),
        "x-version": contract.version,
    }


def _describe_event(contract: Contract) -> Mapping[str, Any]:
    """The CloudEvent around the data."""
    return {
        "type": "object",
        "required": ["specversion", "id", "source", "type"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string"},
            "source": _describe_text(contract.source or "*"),
            "type": _describe_text(contract.type),
            "subject": {"type": "string"},
            "data": dict(contract.schema),
        },
    }


def _describe_text(pattern: str) -> dict[str, Any]:
    if not re.search(r"[*?\[]", pattern):
        return {"const": pattern}
    known = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return {"type": "string"} if pattern == "*" else {"type": "string", "pattern": f"^{known}$"}


def _make_name(text: str) -> str:
    """What may be a name in such a document."""
    return re.sub(r"[^\w.-]", "_", text, flags=re.ASCII)


def _find_free(wanted: str, taken: Mapping[str, object]) -> str:
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}.{number}"
    return found
