"""`python -m presslog.daemon`: the commands, where the console script is not at hand."""

from presslog.daemon.cli import main

main()
