"""Objects of the engine that expressions may look at and tell something, such as the user task of a listener."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from baton.expression.core.frame import Frame


class Facade(ABC):
    """What is behind the name is never seen itself: only what ``read`` and ``call`` answer."""

    @abstractmethod
    def read(self, name: str) -> Any:
        """A property. Raises ExpressionError if there is none of this name."""

    @abstractmethod
    def call(self, frame: Frame, name: str, arguments: Sequence[Any]) -> Any:
        """The result of a method. Raises ExpressionError if there is none of this name, or for wrong arguments."""
