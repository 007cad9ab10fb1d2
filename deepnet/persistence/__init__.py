"""Keeping what was learnt: files that are whole or not there, and that are checked when they are read."""
