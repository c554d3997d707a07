"""Survey: asks the reporter of a resolved ticket whether all is well. It depends on the bus alone."""

from __future__ import annotations

from typing import Any

from bus import Event, Participant


def ask(event: Event) -> dict[str, Any]:
    return {"survey": f"Are you content with {event['data']['expert']}, {event['data']['reporter']}?"}


PARTICIPANT = Participant("survey", hears="ticket.resolved", says="ticket.surveyed", react=ask)

if __name__ == "__main__":
    PARTICIPANT.run()
