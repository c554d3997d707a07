"""Reading instances without taking a turn: lists, single instances, their history, the live stream."""
