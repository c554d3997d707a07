"""Events from other systems."""

from baton.connect.into.intake import Intake, open_intake

__all__ = ["Intake", "open_intake"]
