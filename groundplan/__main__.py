"""`python -m groundplan`: the command line without its console script."""

from groundplan.cli import main

main()
