"""Parallel gateway: waits for one token on each incoming flow, sends one along each outgoing flow (§13.4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.runtime.elements.joins import Join

if TYPE_CHECKING:
    from baton.runtime.core.token import Token


class ParallelGateway(Join):
    def complete(self, gate: Token) -> bool:
        return len(gate.memory.arrivals) >= len(self.node.incoming)

    def _choose(self, token: Token) -> None:
        token.choose(self.flows)
