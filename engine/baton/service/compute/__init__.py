"""Work whose cost the input decides: reading files, simulating, evaluating decisions. In bounded processes."""
