"""``/sign-in``, ``/sign-out``, ``/me``: sessions of people with a browser; and the first administrator."""

from __future__ import annotations

import structlog
from flask import Response

from baton.model.errors import Conflict, NotSignedIn
from baton.model.identity import User
from baton.service import Actor, Caller, CallerKind
from baton.web import jsons
from baton.web.answers.people import Me, Provider, SignedOut, WaysToSignIn, show_caller
from baton.web.callers import SESSION_COOKIE, find_address, read_session, set_session
from baton.web.context import RequestContext
from baton.web.models.people import FirstAdministrator, NameAndPassword, NewPassword
from baton.web.openid.errors import ProviderFailed
from baton.web.openid.site import find_site
from baton.web.routes.declaration import ANYBODY, SIGNED_IN
from baton.web.routes.group import Group

log = structlog.get_logger("baton.web")

GROUP = Group("Sign-in", "Sessions of people, and the caller", resource="identity")


@GROUP.post("/sign-in", "Begin a session: its cookie is sent", changes=False, baton_extension=True, needs=ANYBODY)
def sign_in(context: RequestContext, body: NameAndPassword) -> Me | Response:
    address = find_address(context.request.environ, context.settings.behind_proxy)
    actor = Actor(kind=CallerKind.PERSON, name=body.id, address=address)
    try:
        token, caller = context.engine.sign_in.sign_in(body.id, body.password, address)
    except NotSignedIn as error:  # too many attempts are another error: the audit must not grow by all of them
        context.engine.audit.record_refusal(actor, "post_sign_in", "/sign-in", error.message, None)
        raise
    # The session is of no use to anybody before the answer is sent, and that comes after this.
    context.engine.audit.record(actor, "post_sign_in", "/sign-in")
    return _begin(context, caller, token)


@GROUP.post("/sign-out", "End the session of this request", changes=False, baton_extension=True, needs=ANYBODY)
def sign_out(context: RequestContext) -> SignedOut | Response:
    token = read_session(context.request.environ)
    session = context.engine.sign_in.sign_out(token) if token is not None else None
    if session is not None:
        address = find_address(context.request.environ, context.settings.behind_proxy)
        actor = Actor(kind=CallerKind.PERSON, name=session.user_id, address=address)
        context.engine.audit.record(actor, "post_sign_out", "/sign-out")
    by_provider = session is not None and session.by_provider
    answer = SignedOut(continueAt=_find_sign_out_of_provider(context) if by_provider else None)
    response = Response(jsons.dump(answer), mimetype="application/json")
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Strict")
    return response


def _find_sign_out_of_provider(context: RequestContext) -> str | None:
    """The session here has ended in any case, also if the provider does not answer."""
    if context.openid is None:
        return None
    try:
        return context.openid.make_sign_out_address(find_site(context.request, context.settings) + "/")
    except ProviderFailed as error:
        log.warning("the OpenID provider was not told of a sign-out", action="openid.failed", reason=str(error))
        return None


@GROUP.get("/sign-in", "How people can sign in", baton_extension=True, needs=ANYBODY)
def list_ways(context: RequestContext) -> WaysToSignIn:
    found = context.openid
    provider = None if found is None else Provider(label=found.label, href="/engine-rest/sign-in/openid")
    return WaysToSignIn(required=context.settings.requires_sign_in, provider=provider)


@GROUP.post(
    "/sign-out-everywhere",
    "End all sessions of the caller",
    changes=False,
    baton_extension=True,
    needs=SIGNED_IN,
    audited=True,
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
    audited=True,
)
def create_first_administrator(context: RequestContext, body: FirstAdministrator) -> Me | Response:
    user = User(id=body.id, first_name=body.firstName, last_name=body.lastName, email=body.email)
    made = context.engine.accounts.create_first_administrator(body.token, user, body.password)
    token = context.engine.sign_in.begin_session(made)
    caller = context.engine.sign_in.find_by_session(token)
    return _begin(context, caller, token)


def _require_person(context: RequestContext) -> str:
    caller = context.caller
    if caller.kind == "anybody":
        raise Conflict("Expected a server that people sign in to, but everybody may use this one")
    if caller.kind != "person":
        raise NotSignedIn(f"Expected somebody who has signed in, but {caller} asks")
    return caller.name


def _begin(context: RequestContext, caller: Caller, token: str) -> Response:
    response = Response(jsons.dump(show_caller(caller)), mimetype="application/json")
    set_session(response, token, context.request.environ, context.settings.behind_proxy)
    return response
