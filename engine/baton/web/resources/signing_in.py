"""``/sign-in``, ``/sign-out``, ``/me``: sessions of people with a browser; and the first administrator."""

from __future__ import annotations

from flask import Response

from baton.model.errors import Conflict, NotSignedIn
from baton.model.identity import User
from baton.web import jsons
from baton.web.answers.people import Me, show_caller
from baton.web.callers import SESSION_COOKIE, find_address, is_secure, read_session
from baton.web.context import RequestContext
from baton.web.models.people import FirstAdministrator, NameAndPassword, NewPassword
from baton.web.routes.declaration import ANYBODY, SIGNED_IN
from baton.web.routes.group import Group

GROUP = Group("Sign-in", "Sessions of people, and the caller", resource="identity")


@GROUP.post("/sign-in", "Begin a session: its cookie is sent", changes=False, baton_extension=True, needs=ANYBODY)
def sign_in(context: RequestContext, body: NameAndPassword) -> Me | Response:
    address = find_address(context.request.environ, context.settings.behind_proxy)
    token, caller = context.engine.sign_in.sign_in(body.id, body.password, address)
    return _set_cookie(context, Response(jsons.dump(show_caller(caller)), mimetype="application/json"), token)


@GROUP.post("/sign-out", "End the session of this request", changes=False, baton_extension=True, needs=ANYBODY)
def sign_out(context: RequestContext) -> Response | None:
    token = read_session(context.request.environ)
    if token is not None:
        context.engine.sign_in.sign_out(token)
    response = Response(status=204)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Strict")
    return response


@GROUP.post(
    "/sign-out-everywhere", "End all sessions of the caller", changes=False, baton_extension=True, needs=SIGNED_IN
)
def sign_out_everywhere(context: RequestContext) -> None:
    context.engine.accounts.end_sessions(_require_person(context))


@GROUP.get("/me", "The caller, and what they may do", baton_extension=True, needs=SIGNED_IN)
def get_me(context: RequestContext) -> Me:
    return show_caller(context.caller)


@GROUP.put("/me/password", "Change the own password; other sessions end", baton_extension=True, needs=SIGNED_IN)
def change_password(context: RequestContext, body: NewPassword) -> None:
    name = _require_person(context)
    address = find_address(context.request.environ, context.settings.behind_proxy)
    context.engine.sign_in.find_by_password(name, body.current, address)
    context.engine.accounts.set_password(name, body.password)


@GROUP.post(
    "/first-administrator",
    "Make the first administrator, with the link that the server printed at its start; begins a session",
    changes=False,
    baton_extension=True,
    needs=ANYBODY,
)
def create_first_administrator(context: RequestContext, body: FirstAdministrator) -> Me | Response:
    user = User(id=body.id, first_name=body.firstName, last_name=body.lastName, email=body.email)
    made = context.engine.accounts.create_first_administrator(body.token, user, body.password)
    token = context.engine.sign_in.begin_session(made)
    caller = context.engine.sign_in.find_by_session(token)
    return _set_cookie(context, Response(jsons.dump(show_caller(caller)), mimetype="application/json"), token)


def _require_person(context: RequestContext) -> str:
    caller = context.caller
    if caller.kind == "anybody":
        raise Conflict("Expected a server that people sign in to, but everybody may use this one")
    if caller.kind != "person":
        raise NotSignedIn(f"Expected somebody who has signed in, but {caller} asks")
    return caller.name


def _set_cookie(context: RequestContext, response: Response, token: str) -> Response:
    """Until the browser is closed: when the session ends, the server knows."""
    secure = is_secure(context.request.environ, context.settings.behind_proxy)
    response.set_cookie(SESSION_COOKIE, token, httponly=True, samesite="Strict", secure=secure)
    return response
