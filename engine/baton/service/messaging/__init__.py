"""Messages and signals: correlated, buffered, delivered once, and what the outbox holds sent on."""
