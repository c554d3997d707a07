"""Server-Sent Events: the live stream of one instance and of all. See docs/reference/stream.md."""
