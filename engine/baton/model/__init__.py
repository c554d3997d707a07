"""The words of Baton as frozen dataclasses; imports nothing but the standard library."""
