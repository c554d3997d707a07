"""Runs a third-party conformance suite against a running Baton: ``make conformance BETSY=<folder>``.

The suite is not part of Baton; its folder is an argument. What it expects is in its ``tests.json``, how its models are
translated in `translate`, how a case is run in `run`, what counts as passed in `judge`.
"""
