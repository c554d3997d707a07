"""The two steps of the authorization code flow with PKCE (RFC 7636), and what an ID token must be to count."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from typing import Any, cast
from urllib.parse import urlencode

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError

from baton.model.identity import PendingSignIn
from baton.service import ExternalProfile
from baton.web.openid.errors import ProviderFailed
from baton.web.openid.metadata import TIMEOUT_S, ProviderMetadata, fetch_json
from baton.web.openid.settings import OpenIdSettings

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
"""Signatures with a key that only the provider has: not ``none``, and not by the client's secret."""
LEEWAY_S = 60
"""So far apart the clocks of provider and Baton may be."""


class OpenIdProvider:
    """``now``: milliseconds since the epoch. All methods raise ProviderFailed."""

    def __init__(self, settings: OpenIdSettings, now: Callable[[], int]) -> None:
        self._settings, self._now = settings, now
        self._metadata = ProviderMetadata(settings.openid_issuer, now)

    @property
    def label(self) -> str:
        return self._settings.openid_label

    @property
    def roles(self) -> tuple[Any, ...]:
        """Of somebody who comes for the first time."""
        return self._settings.openid_roles

    def begin(self, redirect_uri: str, return_to: str) -> tuple[str, str, PendingSignIn]:
        """Where to send the browser, the state that it comes back with, and what must be remembered for that."""
        pending = PendingSignIn(
            nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48), return_to=return_to
        )
        address = self._metadata.describe()["authorization_endpoint"]
        state = secrets.token_urlsafe(32)
        with self._make_session(redirect_uri) as session:
            target, _ = session.create_authorization_url(
                address, state=state, code_verifier=pending.verifier, nonce=pending.nonce
            )
        return target, state, pending

    def finish(self, redirect_uri: str, pending: PendingSignIn, code: str, issuer: str | None) -> ExternalProfile:
        """Who it is. ``issuer``: as the browser has brought it (RFC 9207), if it has."""
        if issuer is not None and issuer != self._settings.openid_issuer:
            raise ProviderFailed("untrusted", f"Expected an answer of the provider, but '{issuer}' has sent it")
        token = self._exchange(redirect_uri, pending, code)
        claims = self._check(token, pending.nonce)
        return self._read_profile({**self._ask_more(token, claims), **claims})

    def make_sign_out_address(self, return_to: str) -> str | None:
        """Where the browser signs out of the provider too, which sends it back; None if it has no such page."""
        address = self._metadata.describe().get("end_session_endpoint")
        if not address:
            return None
        asked = urlencode({"client_id": self._settings.openid_client_id, "post_logout_redirect_uri": return_to})
        return f"{address}{'&' if '?' in address else '?'}{asked}"

    def _make_session(self, redirect_uri: str) -> Any:
        given = self._settings
        offered: Collection[str] = self._metadata.describe().get("token_endpoint_auth_methods_supported", ())
        by_body = offered and "client_secret_basic" not in offered
        method = "none" if not given.openid_client_secret else "client_secret_post" if by_body else None
        return cast("Any", OAuth2Session)(
            given.openid_client_id,
            given.openid_client_secret or None,
            scope=given.openid_scopes,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method=method,
            default_timeout=TIMEOUT_S,
        )

    def _exchange(self, redirect_uri: str, pending: PendingSignIn, code: str) -> dict[str, Any]:
        address = self._metadata.describe()["token_endpoint"]
        try:
            with self._make_session(redirect_uri) as session:
                return session.fetch_token(
                    address, grant_type="authorization_code", code=code, code_verifier=pending.verifier
                )
        except OAuthError as error:
            raise ProviderFailed("refused", f"Expected tokens for the code, but the provider says: {error}") from error
        except (requests.RequestException, ValueError) as error:
            raise ProviderFailed("unavailable", f"Expected tokens from {address}, but: {error}") from error

    def _check(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        """The claims of the ID token, which holds in every respect (OpenID Connect Core, 3.1.3.7)."""
        given = self._settings
        try:
            decoded = self._decode(str(token.get("id_token") or ""))
            options = {"iss": {"value": given.openid_issuer}, "aud": {"value": given.openid_client_id}}
            asked = {"nonce": nonce, "client_id": given.openid_client_id, "access_token": token.get("access_token")}
            claims = cast("Any", CodeIDToken)(decoded.claims, decoded.header, options, asked)
            claims.validate(now=self._now() // 1000, leeway=LEEWAY_S)
        except (JoseError, ValueError) as error:
            raise ProviderFailed("untrusted", f"Expected an ID token that holds, but: {error}") from error
        return {name: value for name, value in claims.items() if value is not None}

    def _decode(self, text: str) -> jwt.Token:
        try:
            return jwt.decode(text, self._metadata.get_keys(), ALGORITHMS)
        except InvalidKeyIdError:
            return jwt.decode(text, self._metadata.get_keys(renew=True), ALGORITHMS)

    def _ask_more(self, token: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
        """Many providers put names and groups there and not into the token."""
        address = self._metadata.describe().get("userinfo_endpoint")
        wanted = {self._settings.openid_name_claim, self._settings.openid_groups_claim}
        if not address or wanted <= claims.keys():
            return {}
        found = fetch_json(address, str(token.get("access_token") or ""))
        if found.get("sub") != claims["sub"]:
            raise ProviderFailed("untrusted", "Expected more about the user of the ID token, but found another's")
        return found

    def _read_profile(self, claims: dict[str, Any]) -> ExternalProfile:
        given = self._settings
        name = claims.get(given.openid_name_claim)
        if not isinstance(name, str):
            raise ProviderFailed(
                "account",
                f"Expected the claim '{given.openid_name_claim}' (BATON_OPENID_NAME_CLAIM) among "
                f"{', '.join(sorted(claims))}, but it is not there",
            )
        return ExternalProfile(
            issuer=given.openid_issuer,
            subject=str(claims["sub"]),
            name=name,
            first_name=_read_text(claims, "given_name"),
            last_name=_read_text(claims, "family_name"),
            email=_read_text(claims, "email"),
            groups=_read_groups(claims.get(given.openid_groups_claim)),
        )


def _read_text(claims: dict[str, Any], name: str) -> str | None:
    found = claims.get(name)
    return found if isinstance(found, str) else None


def _read_groups(found: Any) -> tuple[str, ...] | None:
    """A list of names, or one name. Of a provider with paths (``/staff/night``) those at the top count."""
    if found is None:
        return None
    names: list[Any] = cast("list[Any]", found) if isinstance(found, list) else [found]
    return tuple(dict.fromkeys(name.removeprefix("/") for name in names if isinstance(name, str)))
