"""Notification: tells the reporter that the ticket is resolved. It depends on the bus alone."""

from __future__ import annotations

from typing import Any

from bus import Event, Participant


def notify(event: Event) -> dict[str, Any]:
    return {"notification": f"{event['data']['host']}: {event['data']['resolution']}"}


PARTICIPANT = Participant("notification", hears="ticket.resolved", says="ticket.notified", react=notify)

if __name__ == "__main__":
    PARTICIPANT.run()
