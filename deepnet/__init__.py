"""A neural network made of supervised actors."""
