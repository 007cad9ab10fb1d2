"""`python -m deepnet` is the `deepnet` command."""

from deepnet.cli.main import run

run()
