"""Figures: counts what is sold, by course. It depends on the bus alone."""

from __future__ import annotations

from typing import Any

from bus import Event, Participant

SOLD: dict[str, dict[str, float]] = {}
"""Course -> prices by the id of the event: one that comes twice counts once."""


def count(event: Event) -> dict[str, Any]:
    sold = SOLD.setdefault(event["data"]["course"], {})
    sold[event["id"]] = float(event["data"]["price"])
    return {"sales": sum(sold.values())}


PARTICIPANT = Participant("figures", hears="purchase.completed", says="purchase.counted", react=count)

if __name__ == "__main__":
    PARTICIPANT.run()
