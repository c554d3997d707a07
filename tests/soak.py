"""What `make soak` varies: ``SEED=1`` runs every storm with that seed alone."""

from __future__ import annotations

import os

SEEDS = [int(os.environ["SEED"])] if os.environ.get("SEED") else [1, 2]
