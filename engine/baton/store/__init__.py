"""Everything durable: key names, atomic scripts, codec, queries of Redis or Valkey."""
