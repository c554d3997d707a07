"""Signing in by an OpenID provider (https://openid.net/specs/openid-connect-core-1_0.html), through Authlib."""
