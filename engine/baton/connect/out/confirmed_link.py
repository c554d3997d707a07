"""A connection to RabbitMQ on which the broker confirms what is published, many messages at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pika
from pika.exceptions import AMQPError, ChannelClosed, StreamLostError

from baton.connect.buses.rabbitmq import CONTENT_TYPE
from baton.connect.out.sink import to_bytes
from baton.connect.out.waves import Outcomes

_GOODBYE_S = 1.0
_NOT_FOUND = 404
_PERSISTENT = 2


class _Connection(pika.SelectConnection):
    def drop(self) -> None:
        """Without a goodbye, which a frozen broker would not answer."""
        self._terminate_stream(StreamLostError("given up"))


class ConfirmedLink:
    """A connection with a channel on which the broker confirms. Each step runs the loop of pika until its answer."""

    def __init__(self, parameters: pika.URLParameters, deadline: float) -> None:
        self._error: Exception | None = None
        self._answer: Any = None
        self._waits = False
        self._channel: Any = None
        self._published = 0
        self._pending: dict[int, tuple[int, str]] = {}
        self._returned: dict[str, str] = {}
        self._outcomes = Outcomes(0)
        self._connection = _Connection(parameters, self._resolve, self._fail, self._fail)
        try:
            self._run(deadline)
            self._open_channel(deadline)
        except BaseException:
            self.close()
            raise

    @property
    def is_open(self) -> bool:
        return self._error is None and self._connection.is_open

    # -- steps

    def _open_channel(self, deadline: float) -> None:
        self._call(lambda: self._connection.channel(on_open_callback=self._resolve), deadline)
        self._channel = self._answer
        self._channel.add_on_close_callback(self._fail)
        self._channel.add_on_return_callback(self._note_returned)

    def declare(self, queue: str | None, exchange: str, deadline: float) -> None:
        """What is there is taken as it is. Raises AMQPError."""
        try:
            self._declare(queue, exchange, deadline, passive=True)
        except ChannelClosed as error:
            if error.reply_code != _NOT_FOUND:
                raise
            self._error = None
            self._open_channel(deadline)
            self._declare(queue, exchange, deadline, passive=False)

    def _declare(self, queue: str | None, exchange: str, deadline: float, *, passive: bool) -> None:
        kind = {} if passive else {"durable": True}
        if queue is not None:
            self._call(
                lambda: self._channel.queue_declare(queue, passive=passive, callback=self._resolve, **kind), deadline
            )
        else:
            self._call(
                lambda: self._channel.exchange_declare(
                    exchange, "topic", passive=passive, callback=self._resolve, **kind
                ),
                deadline,
            )

    def begin_confirming(self, deadline: float) -> None:
        self._call(
            lambda: self._channel.confirm_delivery(ack_nack_callback=self._note_confirmed, callback=self._resolve),
            deadline,
        )

    def publish(self, place: int, exchange: str, key: str, event: Mapping[str, Any], mandatory: bool) -> None:
        """Not sent before ``wait_confirmed``. Raises AMQPError."""
        id_ = str(event["id"])
        properties = pika.BasicProperties(
            CONTENT_TYPE, delivery_mode=_PERSISTENT, message_id=id_, type=str(event["type"])
        )
        self._channel.basic_publish(exchange, key, to_bytes(event), properties, mandatory=mandatory)
        self._published += 1
        self._pending[self._published] = (place, id_)

    def wait_confirmed(self, outcomes: Outcomes, deadline: float) -> None:
        """For all that was published. Raises AMQPError for those about which the broker said nothing."""
        self._outcomes = outcomes
        self._returned.clear()
        if self._pending:
            self._run(deadline)

    # -- what pika reports

    def _note_returned(self, _channel: object, method: Any, properties: pika.BasicProperties, _body: bytes) -> None:
        """No queue has taken it; its confirmation comes next."""
        self._returned[properties.message_id or ""] = f"no queue takes it: {method.reply_text} for {method.routing_key}"

    def _note_confirmed(self, frame: Any) -> None:
        tag, taken = frame.method.delivery_tag, type(frame.method).__name__ == "Ack"
        tags = [it for it in self._pending if it <= tag] if frame.method.multiple else [tag]
        for it in tags:
            place, id_ = self._pending.pop(it)
            if id_ in self._returned:
                self._outcomes.refuse(place, self._returned[id_])
            elif taken:
                self._outcomes.confirm(place)
            else:
                self._outcomes.fail("the broker did not take it")
        if not self._pending:
            self._resolve(None)

    def _resolve(self, answer: Any = None) -> None:
        self._answer = answer
        if self._waits:
            self._connection.ioloop.stop()

    def _fail(self, _what: object, reason: Any) -> None:
        self._error = _find_cause(reason)
        if self._waits:
            self._connection.ioloop.stop()

    def _expire(self) -> None:
        self._fail(None, StreamLostError("no answer in time"))

    def _call(self, begin: Callable[[], object], deadline: float) -> None:
        begin()
        self._run(deadline)

    def _run(self, deadline: float) -> None:
        """Until something is resolved or fails. Raises AMQPError."""
        if self._error is not None:
            raise self._error
        loop = self._connection.ioloop
        timer = loop.call_later(max(0.0, deadline - time.monotonic()), self._expire)
        self._waits = True
        try:
            loop.start()
        finally:
            self._waits = False
            loop.remove_timeout(timer)
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """A short goodbye, or none."""
        if not self._connection.is_closed:
            self._end(self._connection.close)
        if not self._connection.is_closed:
            self._end(self._connection.drop)
        self._connection.ioloop.close()

    def _end(self, begin: Callable[[], object]) -> None:
        """The loop of pika does it."""
        self._error = None
        with suppress(AMQPError):
            begin()
            self._run(time.monotonic() + _GOODBYE_S)


def _find_cause(reason: Any) -> Exception:
    """Why a connection was not made, out of the errors that pika puts around it: those have no text."""
    while inner := next(iter(getattr(reason, "exceptions", ())[-1:]), getattr(reason, "exception", None)):
        reason = inner
    return reason if isinstance(reason, (AMQPError, OSError)) else StreamLostError(str(reason) or repr(reason))
