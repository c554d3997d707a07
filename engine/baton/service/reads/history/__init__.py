"""What happened to an instance: its events, read page by page, and what they add up to at any position."""
