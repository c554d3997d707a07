"""Baton: a BPMN 2.0 workflow service with durable compensation."""

__version__ = "0.1.0"
