"""Variables and scopes, expressions, scripts, data associations."""
