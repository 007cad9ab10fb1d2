"""Decides who restarts and what a supervisor does next: values and state machines, no thread, no clock, no actor."""
