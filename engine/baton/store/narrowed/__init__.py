"""The store as a caller with limited rights sees it: the one place where what they may not reach is left out."""
