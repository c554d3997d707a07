"""Brokers that take nobody without TLS, a user and a password; the tests themselves have a door of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.certificates import Authority
from tests.connect.brokers import Kafka, RabbitMq
from tests.connect.buses import KafkaBus, RabbitMqBus
from tests.running import free_port

USER, PASSWORD = "baton", "a secret of the broker"


class SecuredRabbitMq(RabbitMq):
    """``tls_port``: where it wants TLS; the other port is the door of the tests."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.tls_port, authority = free_port(), Authority(folder, "rabbit")
        self.ca, pair = authority.ca, authority.issue("rabbitmq", "127.0.0.1")
        with (folder / "rabbitmq.conf").open("a") as settings:
            settings.write(f"""default_user = {USER}
default_pass = {PASSWORD}
listeners.ssl.1 = 127.0.0.1:{self.tls_port}
ssl_options.cacertfile = {self.ca}
ssl_options.certfile = {pair.cert}
ssl_options.keyfile = {pair.key}
""")


class SecuredRabbitMqBus(RabbitMqBus):
    broker_kind = SecuredRabbitMq
    broker: SecuredRabbitMq  # pyright: ignore[reportIncompatibleVariableOverride]

    @property
    def _url(self) -> str:
        return self._make_url("amqp", self.broker.port)

    def _make_url(self, scheme: str, port: int, password: str = PASSWORD) -> str:
        return f"{scheme}://{USER}:{password.replace(' ', '%20')}@127.0.0.1:{port}/%2f"

    def make_options(self, queue: str) -> dict[str, Any]:
        return {"url": self._make_url("amqps", self.broker.tls_port), "ca_file": str(self.broker.ca), "queue": queue}

    def make_wrong_options(self) -> list[tuple[dict[str, Any], str]]:
        """Options that the broker, or Baton, refuses; with a word of the reason."""
        strange = Authority(self.broker.folder, "strange").ca
        return [
            ({"url": self._make_url("amqps", self.broker.tls_port, "wrong")}, "ACCESS_REFUSED"),
            ({"ca_file": str(strange)}, "certificate verify failed"),
        ]


class SecuredKafka(Kafka):
    """``sasl_port``: SCRAM without TLS; ``tls_port``: PLAIN with TLS; the other one is the door of the tests."""

    format_options = ("--add-scram", f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]")

    def make_more_settings(self, control: int) -> dict[str, Any]:
        self.sasl_port, self.tls_port = free_port(), free_port()
        authority = Authority(self.folder, "kafka")
        self.ca, pair = authority.ca, authority.issue("kafka", "127.0.0.1")
        (self.folder / "both.pem").write_text(pair.key.read_text() + pair.cert.read_text())
        login = "org.apache.kafka.common.security"
        return {
            "listeners": (
                f"PLAINTEXT://127.0.0.1:{self.port},SASL_PLAINTEXT://127.0.0.1:{self.sasl_port},"
                f"SASL_SSL://127.0.0.1:{self.tls_port},CONTROLLER://127.0.0.1:{control}"
            ),
            "listener.security.protocol.map": (
                "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT"
            ),
            "inter.broker.listener.name": "PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": (
                f"{login}.scram.ScramLoginModule required;"
            ),
            "listener.name.sasl_plaintext.sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.sasl_ssl.plain.sasl.jaas.config": (
                f'{login}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
            ),
            "listener.name.sasl_ssl.sasl.enabled.mechanisms": "PLAIN",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": self.folder / "both.pem",
        }


class ScramKafkaBus(KafkaBus):
    """SASL_PLAINTEXT with SCRAM."""

    broker_kind = SecuredKafka
    broker: SecuredKafka  # pyright: ignore[reportIncompatibleVariableOverride]

    def make_options(self, queue: str) -> dict[str, Any]:
        login = {"sasl": "SCRAM-SHA-512", "user": USER, "password": PASSWORD}
        return {"servers": f"127.0.0.1:{self.broker.sasl_port}", "topic": queue, **login}

    def make_wrong_options(self) -> list[tuple[dict[str, Any], str]]:
        return [({"password": "wrong"}, "uthentication failed")]


class TlsKafkaBus(ScramKafkaBus):
    """SASL_SSL with PLAIN."""

    def make_options(self, queue: str) -> dict[str, Any]:
        login = {"sasl": "PLAIN", "user": USER, "password": PASSWORD, "tls": True, "ca_file": str(self.broker.ca)}
        return {"servers": f"127.0.0.1:{self.broker.tls_port}", "topic": queue, **login}

    def make_wrong_options(self) -> list[tuple[dict[str, Any], str]]:
        strange = Authority(self.broker.folder, "strange").ca
        return [
            ({"password": "wrong"}, "uthentication failed"),
            ({"ca_file": str(strange)}, "certificate verify failed"),
        ]
