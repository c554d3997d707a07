"""BPMN 2.0 XML in, checked process models and problems out."""

from baton.bpmn.reading import Reading, read, read_checked

__all__ = ["Reading", "read", "read_checked"]
