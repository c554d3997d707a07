"""External tasks for workers, and the limits that operators set on topics."""
