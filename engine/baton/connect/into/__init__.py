"""Events from other systems: one intake for each source."""

from baton.connect.into.intake import Intake
from baton.connect.into.opening import open_intake, open_source

__all__ = ["Intake", "open_intake", "open_source"]
