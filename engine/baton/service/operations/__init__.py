"""What operators and the watchdog do: suspend, delete, look for instances that nothing drives, report health."""
