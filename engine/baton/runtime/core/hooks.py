"""What the core asks and tells the features above it. ``runtime/features.py`` registers each of them once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from baton.model.definition import ProcessModel
    from baton.runtime.core.ports import Scripts
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token
    from baton.runtime.core.workflow import TokenWorkflow


class Hooks:
    build_spec: Callable[[ProcessModel, str], Spec]
    """The spec of a checked model and the id of its definition. Raises KeyError for an unknown kind of node."""
    make_script_engine: Callable[[Scripts], Any]
    """The engine that evaluates expressions and runs scripts."""
    step_failed: Callable[[Token, Exception], None]
    """A step was stopped by its model or data: keep the token there."""
    variables_changed: Callable[[TokenWorkflow, set[tuple[str, str]]], bool]
    """Variables changed, given as name and kind of change: whether that made anything ready."""
    nothing_ready: Callable[[TokenWorkflow], bool]
    """Whether anything that waited for others to be done goes on."""
    scopes_held: Callable[[Token], Iterable[int]]
    """Numbers of ended scopes that a token still answers for."""
    tokens_held: Callable[[Token], Iterable[Token]]
    """Tokens outside a token that end with it."""


HOOKS = Hooks()
