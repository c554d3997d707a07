"""Compensation, rule by rule: each file proves one rule of docs/explanation/compensation.md with diagrams beside it."""
