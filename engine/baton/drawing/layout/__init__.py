"""A diagram for what has none: where its shapes stand and how its flows go."""

from baton.drawing.layout.writing import add_diagram, has_diagram

__all__ = ["add_diagram", "has_diagram"]
