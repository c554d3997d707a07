"""Drafts: diagrams that are drawn and not deployed yet, kept with their versions."""
