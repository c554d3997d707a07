"""History as the API lists it: rows folded from the events of instances."""
