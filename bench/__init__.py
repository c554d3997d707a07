"""Measurements, printed as ratios against a peer in the same run where there is one. Not tests."""
