"""The routes of one resource; its decorators declare them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypedDict, Unpack

from flask_openapi3.models import Tag

from baton.web.routes.blueprint import Blueprint
from baton.web.routes.declaration import BASE, Declaration, Handler


class Options(TypedDict, total=False):
    """The options of a declaration; see there."""

    media: str
    also: str
    baton_extension: bool
    pending: bool
    audited: bool
    fast: bool
    needs: str
    whole: bool


class Group:
    """What a handler takes is read from its signature: a context, the parts of the path by name, ``query``, ``body``.

    What it returns is the answer: a model, a list of models, None (204), or ``Raw`` or a response with ``media``.

    ``resource``: of the permissions that its routes need: ``read`` for those that only ask, ``change`` for the others,
    unless a route says what it needs. ``whole``: of all its routes; see ``Declaration``.
    """

    def __init__(self, tag: str, doc: str, *, resource: str, change: str = "update", whole: bool = False) -> None:
        self._resource, self._change, self._whole = resource, change, whole
        name = re.sub(r"\W+", "_", tag.lower())
        self.blueprint = Blueprint(name, BASE, Tag(name=tag, description=doc))

    @property
    def declared(self) -> Iterable[Declaration]:
        return self.blueprint.declared.values()

    def get(self, rule: str, summary: str, **options: Unpack[Options]) -> Callable[[Handler], Handler]:
        return self._declare("GET", rule, summary, False, options)

    def post(
        self, rule: str, summary: str, *, changes: bool = True, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """``changes``: it has an effect, so that an Idempotency-Key is honoured."""
        return self._declare("POST", rule, summary, changes, options)

    def put(self, rule: str, summary: str, **options: Unpack[Options]) -> Callable[[Handler], Handler]:
        return self._declare("PUT", rule, summary, False, options)

    def delete(self, rule: str, summary: str, **options: Unpack[Options]) -> Callable[[Handler], Handler]:
        return self._declare("DELETE", rule, summary, False, options)

    def _declare(
        self, method: str, rule: str, summary: str, changes: bool, options: Options
    ) -> Callable[[Handler], Handler]:
        asks_only = method == "GET" or (method == "POST" and not changes)
        options.setdefault("whole", self._whole)
        options.setdefault("audited", not asks_only)
        options.setdefault("needs", f"{self._resource}:{'read' if asks_only else self._change}")

        def register(handler: Handler) -> Handler:
            declared = Declaration(
                method=method, rule=rule, summary=summary, handler=handler, changes=changes, **options
            )
            self.blueprint.declare(declared)
            return handler

        return register


def annotate(handler: Handler, **models: Any) -> Handler:
    """Give a handler that is made for several routes the models of one of them."""
    handler.__annotations__ = {**handler.__annotations__, **models}
    return handler
