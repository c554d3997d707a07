"""Which OpenID provider people sign in by, if any; every setting has an environment variable ``BATON_OPENID_…``."""

from __future__ import annotations

from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode

from baton.model.identity import Role
from baton.service import read_roles
from baton.settings import DefaultText, RoomSettings, Secret, WrongSetting
from baton.web.settings import LOOPBACK


class OpenIdSettings(RoomSettings):
    """People can sign in by an OpenID provider if issuer and client id are set
    ([how](../how-to/secure.md#an-openid-provider))."""

    openid_issuer: Annotated[str, DefaultText("none")] = ""
    """The provider's issuer, such as `https://login.example.com/realms/main`: its description is at
    `/.well-known/openid-configuration` below it. `https`, or `http` on this machine."""
    openid_client_id: Annotated[str, DefaultText("none")] = ""
    """The id under which the provider knows this Baton. Its redirect address is
    `https://<host>/engine-rest/sign-in/openid/callback`."""
    openid_client_secret: Annotated[str, Secret(), DefaultText("none")] = Field(default="", repr=False)
    """The client's secret; none: a public client, which PKCE alone protects."""
    openid_label: str = "the OpenID provider"
    """What stands on the button after *Sign in with*."""
    openid_scopes: str = "openid profile email"
    """What is asked of the provider; some give groups only for a scope of its own."""
    openid_name_claim: str = "preferred_username"
    """The claim that becomes the id of a user who signs in for the first time."""
    openid_groups_claim: str = "groups"
    """The claim with the ids of the groups of a user, renewed at each sign-in. Without it the groups stay."""
    openid_roles: Annotated[tuple[Role, ...], NoDecode, DefaultText("none")] = ()
    """The roles, comma-separated, of a user who signs in for the first time; groups give roles in any case."""

    @field_validator("openid_issuer")
    @classmethod
    def _check_issuer(cls, text: str) -> str:
        parts = urlsplit(text)
        local = parts.scheme == "http" and (parts.hostname or "") in LOOPBACK
        if (text and not (parts.netloc and (parts.scheme == "https" or local))) or parts.query or parts.fragment:
            raise ValueError("an address with https, or http on this machine, without query")
        return text

    @field_validator("openid_roles", mode="before")
    @classmethod
    def _read_roles(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return read_roles(part.strip() for part in value.split(",") if part.strip())

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if bool(self.openid_issuer) != bool(self.openid_client_id):
            raise WrongSetting("Expected BATON_OPENID_ISSUER and BATON_OPENID_CLIENT_ID both, but one is not set")
        return self

    @property
    def is_on(self) -> bool:
        return bool(self.openid_issuer)
