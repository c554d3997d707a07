"""HTTP of the web processes: plain requests in few steps, all others by gunicorn's own code (docs/decisions/0082)."""
