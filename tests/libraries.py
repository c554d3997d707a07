"""Which rooms may use which library (docs/decisions/0001)."""

from __future__ import annotations

ONLY_IN = {
    "SpiffWorkflow": {"runtime"},
    "redis": {"store", "connect"},
    "pyarrow": {"store", "cli"},
    "flask": {"web", "launcher"},
    "flask_openapi3": {"web"},
    "gunicorn": {"launcher"},
    "httptools": {"launcher"},
    "gevent": {"launcher", "expression"},
    "click": {"cli", "launcher"},
    "requests": {"worker", "client", "testing", "web"},
    "werkzeug": {"web", "testing"},
    "pytest": {"testing", "pytest_plugin"},
    "aiohttp": {"client"},
    "urllib3": {"connect"},
    "jsonschema_rs": {"schemas"},
    "pika": {"connect"},
    "confluent_kafka": {"connect"},
    "botocore": {"connect"},
    "opentelemetry": {"connect"},
    "google": {"connect"},
}
"""Library -> the rooms that may import it."""

NEVER = {
    "model": {"time", "random", "secrets", "socket", "subprocess", "threading", "uuid"},
    "runtime": {"time", "random", "secrets", "socket", "subprocess", "threading", "uuid", "logging", "structlog"},
}
"""Rooms that get the time and the ids as arguments."""
