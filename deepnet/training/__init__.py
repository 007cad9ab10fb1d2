"""Decides what a run does next: plans, stop rules and positions are values, without an actor or a clock."""
