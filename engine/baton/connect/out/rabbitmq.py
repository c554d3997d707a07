"""Events to a queue or an exchange of RabbitMQ, each confirmed by the broker."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from pika.exceptions import AMQPError

from baton.connect.buses.rabbitmq import OPTIONS, make_parameters
from baton.connect.options import WrongOption, take_options, take_timeout
from baton.connect.out.confirmed_link import ConfirmedLink
from baton.connect.out.sink import Sent, describe
from baton.connect.out.waves import Outcomes, Wave, make_waves
from baton.service import OutgoingEvent


class RabbitMqSink:
    """Structured mode of CloudEvents over AMQP; ``message_id`` is the id of the event.

    ``queue``: all events go there. ``exchange``: a topic exchange; the routing key is the type of the event, or
    ``routing_key``. What is not there yet is made, durable. An event that no queue takes is refused, if ``mandatory``.
    """

    at_once = 200

    def __init__(self, options: Mapping[str, Any]) -> None:
        own = {"queue": str, "exchange": str, "routing_key": str, "mandatory": bool}
        given = take_options(options, {"url": str}, {**OPTIONS, **own})
        if ("queue" in given) == ("exchange" in given):
            raise WrongOption("it needs either a queue or an exchange")
        if "queue" in given and given.keys() & {"routing_key", "mandatory"}:
            raise WrongOption("the options 'routing_key' and 'mandatory' belong to an exchange")
        self._timeout = take_timeout(given)
        self._parameters = make_parameters(given, self._timeout)
        self._queue, self._exchange = given.get("queue"), given.get("exchange", "")
        self._key: str | None = given.get("queue", given.get("routing_key"))
        self._mandatory: bool = given.get("mandatory", True)
        self._link: ConfirmedLink | None = None

    def send(self, events: Sequence[OutgoingEvent]) -> Sent:
        outcomes = Outcomes(len(events))
        deadline = time.monotonic() + self._timeout
        try:
            link = self._open(deadline)
            for wave in make_waves(events, self.at_once):
                if not outcomes.has_failed:
                    self._publish(link, wave, outcomes, deadline)
        except (AMQPError, OSError) as error:
            self._drop()
            outcomes.fail(describe(error))
        return outcomes.conclude()

    def _open(self, deadline: float) -> ConfirmedLink:
        if self._link is None or not self._link.is_open:
            self._drop()
            self._link = ConfirmedLink(self._parameters, deadline)
            self._link.declare(self._queue, self._exchange, deadline)
            self._link.begin_confirming(deadline)
        return self._link

    def _publish(self, link: ConfirmedLink, wave: Wave, outcomes: Outcomes, deadline: float) -> None:
        """Raises AMQPError."""
        for place, item in wave:
            key = str(item.event["type"]) if self._key is None else self._key
            link.publish(place, self._exchange, key, item.event, self._mandatory)
        link.wait_confirmed(outcomes, deadline)

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = None

    def close(self) -> None:
        self._drop()
