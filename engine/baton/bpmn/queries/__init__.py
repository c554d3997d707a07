"""What rules and the soundness check ask about a file or a model."""
