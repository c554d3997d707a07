"""Process and decision definitions: read from files, deployed, listed, found by their binding."""
