"""Receipts: sends a receipt for each purchase. It depends on the bus alone."""

from __future__ import annotations

from typing import Any

from bus import Event, Participant


def send_receipt(event: Event) -> dict[str, Any]:
    return {"receipt": f"{event['data']['course']} for {event['data']['student']}: {event['data']['price']} euro"}


PARTICIPANT = Participant("receipts", hears="purchase.completed", says="purchase.receipted", react=send_receipt)

if __name__ == "__main__":
    PARTICIPANT.run()
