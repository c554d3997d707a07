"""Everything durable: key names, atomic scripts, codec, queries; Redis or Valkey, and an in-memory twin."""
