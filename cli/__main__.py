"""`python -m cli` is `fingraph`."""

from cli.main import main

main()
