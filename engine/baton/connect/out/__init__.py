"""Events to other systems: one pump for each sink."""

from baton.connect.out.opening import open_sink
from baton.connect.out.pump import Pump

__all__ = ["Pump", "open_sink"]
