"""``/sign-in/openid``: the browser goes to the OpenID provider, and comes back."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import structlog
from flask import Response

from baton.model.errors import NotFound, NotSignedIn
from baton.service import Actor, CallerKind
from baton.web.callers import find_address, is_secure, set_session
from baton.web.context import RequestContext
from baton.web.models.people import BackFromProvider, ToProvider
from baton.web.openid.errors import ProviderFailed, Reason
from baton.web.openid.site import make_redirect_uri, read_page
from baton.web.routes.declaration import ANYBODY
from baton.web.routes.group import Group

if TYPE_CHECKING:
    from baton.web.openid.provider import OpenIdProvider

log = structlog.get_logger("baton.web")
GROUP = Group("Sign-in by a provider", "Sessions of people whom an OpenID provider knows", resource="identity")
COOKIE = "baton_sign_in"
"""The state, in the browser that has begun: nobody can be signed in by a link of somebody else's."""
PATH = "/engine-rest/sign-in/openid"
ACTION = "get_sign_in_openid_callback"


@GROUP.get(
    "/sign-in/openid", "Go to the OpenID provider to sign in", baton_extension=True, needs=ANYBODY, media="text/html"
)
def begin(context: RequestContext, query: ToProvider) -> Response:
    provider = _require_provider(context)
    context.engine.sign_in.count_visit(find_address(context.request.environ, context.settings.behind_proxy))
    try:
        target, state, pending = provider.begin(
            make_redirect_uri(context.request, context.settings), read_page(query.returnTo)
        )
    except ProviderFailed as error:
        return _show_failure(error)
    context.engine.external_accounts.remember_pending(state, pending)
    response = _go_to(target)
    secure = is_secure(context.request.environ, context.settings.behind_proxy)
    # Lax: it must come along when the provider sends the browser back.
    response.set_cookie(COOKIE, state, path=PATH, httponly=True, samesite="Lax", secure=secure, max_age=600)
    return response


@GROUP.get(
    "/sign-in/openid/callback",
    "Come back from the OpenID provider; begins a session",
    baton_extension=True,
    needs=ANYBODY,
    media="text/html",
)
def finish(context: RequestContext, query: BackFromProvider) -> Response:
    provider = _require_provider(context)
    try:
        token, page = _sign_in(context, provider, query)
    except NotSignedIn as error:
        if not (isinstance(error, ProviderFailed) and error.reason == "expired"):  # anybody can make those
            actor = Actor(kind=CallerKind.PERSON, name="", address=_find_address(context))
            context.engine.audit.record_refusal(actor, ACTION, PATH, str(error), None)
        response = _show_failure(error)
    else:
        response = _go_to(page)
        set_session(response, token, context.request.environ, context.settings.behind_proxy)
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="Lax")
    return response


def _sign_in(context: RequestContext, provider: OpenIdProvider, query: BackFromProvider) -> tuple[str, str]:
    """The token of a new session, and the page to show. Raises NotSignedIn."""
    state = query.state or ""
    mine = context.request.cookies.get(COOKIE, "")
    same = hmac.compare_digest(state.encode("utf-8", "replace"), mine.encode("utf-8", "replace"))
    pending = context.engine.external_accounts.take_pending(state) if state and same else None
    if pending is None:
        raise ProviderFailed("expired", "Expected a sign-in that this browser has begun of late, but it is none")
    if query.error is not None or query.code is None:
        raise ProviderFailed("refused", f"Expected a code from the provider, but found the error '{query.error}'")
    profile = provider.finish(make_redirect_uri(context.request, context.settings), pending, query.code, query.iss)
    user = context.engine.external_accounts.accept(profile, provider.roles)
    context.engine.audit.record(
        Actor(kind=CallerKind.PERSON, name=user.id, address=_find_address(context)), ACTION, PATH
    )
    return context.engine.sign_in.begin_session(user, by_provider=True), pending.return_to


def _find_address(context: RequestContext) -> str:
    return find_address(context.request.environ, context.settings.behind_proxy)


def _require_provider(context: RequestContext) -> OpenIdProvider:
    if context.openid is None:
        raise NotFound(
            "Expected an OpenID provider to sign in by, but there is none (settings BATON_OPENID_ISSUER and "
            "BATON_OPENID_CLIENT_ID)"
        )
    return context.openid


def _show_failure(error: NotSignedIn) -> Response:
    """The page of signing in, which says in its own words what has happened; the details are in the log."""
    reason: Reason = error.reason if isinstance(error, ProviderFailed) else "account"
    log.warning("somebody could not sign in by the provider", action="openid.failed", reason=reason, error=str(error))
    return _go_to(f"/?sign-in={reason}")


def _go_to(address: str) -> Response:
    return Response(status=303, headers={"Location": address})
