"""Where sign-in is required, the samples and workers of this Baton have a key of their own, made at each start."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass

from baton.model.identity import Role
from baton.service import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """``api_key``: of the processes that belong to this Baton. ``invitation``: while there is no administrator."""

    api_key: str | None = None
    invitation: str | None = None

    def make_environment(self) -> dict[str, str]:
        """What the workers read."""
        return {} if self.api_key is None else {"BATON_API_KEY": self.api_key}


def open_access(environment: Mapping[str, str], port: int) -> Access:
    """On the store that the environment names. Keys of earlier starts of this Baton are good no more."""
    from baton.service import assemble  # a second that only those need who must sign in

    engine = assemble(Settings.from_environment(redis_url=environment["BATON_REDIS_URL"]))
    try:
        name = f"baton serve, {socket.gethostname()}:{port}"
        engine.accounts.remove_keys_named(name)
        key, _ = engine.accounts.create_key(name, [Role.WORKER, Role.MODELER])
        return Access(api_key=key, invitation=engine.accounts.invite_first_administrator())
    finally:
        engine.close()
