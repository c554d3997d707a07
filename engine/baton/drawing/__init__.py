"""BPMN diagrams as SVG."""

from baton.drawing.svg import NoDiagram, render_diagram

__all__ = ["NoDiagram", "render_diagram"]
