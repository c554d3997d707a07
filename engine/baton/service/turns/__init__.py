"""How an instance changes: commands in its mailbox, one turn at a time, committed and answered."""
