"""What is read of instances without a turn: lists, single instances, their history, the live stream."""
