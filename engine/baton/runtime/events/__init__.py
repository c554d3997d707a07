"""What tokens wait for and throw: triggers, timers, signals, conditions, errors and escalations."""
