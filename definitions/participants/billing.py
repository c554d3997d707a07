"""Billing: writes an invoice for each resolved ticket. It depends on the bus alone."""

from __future__ import annotations

from typing import Any

from bus import Event, Participant


def bill(event: Event) -> dict[str, Any]:
    return {"invoice": f"I-{event['id'][-8:]}", "host": event["data"]["host"]}


PARTICIPANT = Participant("billing", hears="ticket.resolved", says="ticket.billed", react=bill)

if __name__ == "__main__":
    PARTICIPANT.run()
