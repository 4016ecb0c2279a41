"""`python -m cli` is `fingraph`."""

from cli.entry import main

main()
