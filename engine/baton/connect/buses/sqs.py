"""Amazon SQS by botocore, Amazon's own client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.session import get_session

from baton.connect.options import NUMBER, Kind, WrongOption

OPTIONS: Mapping[str, Kind] = {
    "region": str,
    "access_key": str,
    "secret_key": str,
    "session_token": str,
    "ca_file": str,
    "timeout": NUMBER,
}
FIFO = ".fifo"
"""What the names of queues with order end with."""


def make_client(given: Mapping[str, Any], timeout: float, wait: float = 0) -> Any:
    """``url``: of the queue; ``wait``: seconds that the queue may wait for a message.

    Without keys they come from where Amazon's tools look for them. Raises WrongOption.
    """
    address = urlsplit(str(given["url"]))
    if address.scheme not in ("http", "https") or not address.hostname:
        raise WrongOption("the option 'url' is not the URL of a queue")
    if ("access_key" in given) != ("secret_key" in given):
        raise WrongOption("the options 'access_key' and 'secret_key' need each other")
    try:
        return get_session().create_client(
            "sqs",
            region_name=given.get("region") or _find_region(address.hostname),
            endpoint_url=f"{address.scheme}://{address.netloc}",
            aws_access_key_id=given.get("access_key"),
            aws_secret_access_key=given.get("secret_key"),
            aws_session_token=given.get("session_token"),
            verify=given.get("ca_file"),
            config=Config(connect_timeout=timeout, read_timeout=timeout + wait, retries={"total_max_attempts": 1}),
        )
    except BotoCoreError as error:
        raise WrongOption(str(error)) from None


def _find_region(host: str) -> str | None:
    """Of ``sqs.eu-west-1.amazonaws.com``; else what Amazon's tools are set to."""
    parts = host.split(".")
    return parts[1] if len(parts) > 3 and parts[0] == "sqs" else None
