"""Undoing: plan, handlers, rollback, the ledger's entries, cancelled transactions."""
