"""The HTTP connector: a worker that makes the calls of models."""

from baton.connect.http.calling import HttpCaller
from baton.connect.http.circuit import Breaker, Circuit, CircuitState
from baton.connect.http.connector import HttpConnector

__all__ = ["Breaker", "Circuit", "CircuitState", "HttpCaller", "HttpConnector"]
