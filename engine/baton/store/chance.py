"""Chance of Baton's own: a program that seeds Python's, as tests do, is neither disturbed by it nor disturbs it."""

from __future__ import annotations

from random import Random

CHANCE = Random()
