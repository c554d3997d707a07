"""BPMN diagrams as SVG and PNG."""

from baton.drawing.png import NoFonts, render_png
from baton.drawing.svg import NoDiagram, render_diagram

__all__ = ["NoDiagram", "NoFonts", "render_diagram", "render_png"]
