"""What operators and the watchdog do: suspend, delete, find instances that nothing will wake, report health."""
