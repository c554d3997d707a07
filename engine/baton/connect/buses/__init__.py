"""How buses are reached: addresses, TLS, credentials. One file for each, for sinks and sources alike."""
