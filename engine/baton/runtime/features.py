"""Registers the features with the core, which imports none of them."""

from __future__ import annotations

from baton.runtime import failures
from baton.runtime.compensation import undoing
from baton.runtime.core.hooks import HOOKS
from baton.runtime.data.script_engine import ScriptEngine
from baton.runtime.elements.table import build_spec
from baton.runtime.events import conditions


def register() -> None:
    HOOKS.build_spec = build_spec
    HOOKS.make_script_engine = ScriptEngine
    HOOKS.step_failed = failures.stop
    HOOKS.variables_changed = conditions.evaluate
    HOOKS.nothing_ready = undoing.wake
    HOOKS.scopes_held = undoing.list_interrupted_scopes
    HOOKS.tokens_held = undoing.list_handlers
