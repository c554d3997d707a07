"""Starts, watches and stops everything that ``baton serve`` is made of."""
