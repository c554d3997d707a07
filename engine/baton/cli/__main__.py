"""``python -m baton.cli`` is the command ``baton``."""

from baton.cli import main

main()
