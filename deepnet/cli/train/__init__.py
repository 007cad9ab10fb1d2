"""`deepnet train`: learn what a table or a set of arrays holds, measure it on rows held out, save the model."""

from deepnet.cli.train.learn import command

__all__ = ["command"]
