"""From elements to `ProcessModel`: references looked up, dialects merged, ids given. Never raises, never judges."""
