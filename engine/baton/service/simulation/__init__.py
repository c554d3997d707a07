"""Drafts run with the real engine; the caller holds the state between the steps."""
