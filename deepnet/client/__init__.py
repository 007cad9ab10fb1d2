"""A running service, used from Python as if its networks were in this process."""
