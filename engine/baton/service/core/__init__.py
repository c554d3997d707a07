"""What every room of the service needs: the clock, ids, settings, limits, queries and matching."""
