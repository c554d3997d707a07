"""BPMN 2.0 XML in, checked process models and problems out."""

from baton.bpmn.reading import Reading, read
from baton.bpmn.rules import check

__all__ = ["Reading", "check", "read"]
