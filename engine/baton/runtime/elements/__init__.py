"""One task spec per element kind; ``table.py`` says which."""
