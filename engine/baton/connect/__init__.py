"""What Baton does with other systems by itself: calls over HTTP."""

from baton.connect.settings import ConnectSettings

__all__ = ["ConnectSettings"]
