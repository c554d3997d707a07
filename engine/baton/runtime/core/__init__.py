"""Tokens, elements and workflows as such: no element kind, no compensation, no conditions."""
