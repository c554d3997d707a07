"""BPMN 2.0 XML in, checked process models and problems out."""

from baton.bpmn.reading import Reading, read

__all__ = ["Reading", "read"]
