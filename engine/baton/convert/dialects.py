"""Whose file it is, by the namespaces that it uses."""

from __future__ import annotations

from baton.bpmn.names import CAMUNDA, SPIFF, ZEEBE
from baton.convert.tree import FLOWABLE, NAMESPACES

ACTIVITI = "http://activiti.org/bpmn"
CAMUNDA_7, CAMUNDA_8, SPIFFWORKFLOW, PLAIN = "Camunda 7", "Camunda 8", "SpiffArena", "BPMN 2.0"


def detect_dialect(content: bytes) -> str:
    """The engine that the file was written for."""
    if FLOWABLE.encode() in content:
        return "Flowable"
    if ACTIVITI.encode() in content:
        return "Activiti"
    if any(uri.encode() in content for uri in NAMESPACES):
        return CAMUNDA_7
    if ZEEBE.encode() in content:
        return CAMUNDA_8
    return SPIFFWORKFLOW if SPIFF.encode() in content else PLAIN


def read_as_camunda(content: bytes) -> bytes:
    """Flowable and Camunda 7 took their words from Activiti: the prefix stays, only the namespace is replaced."""
    return content.replace(FLOWABLE.encode(), CAMUNDA.encode())
