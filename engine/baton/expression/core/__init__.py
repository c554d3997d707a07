"""What the dialects share: the syntax tree with its interpreter, the tokeniser, limits and errors."""
