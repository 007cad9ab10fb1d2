"""For tests of actors, ours and other people's: a clock that stands still until it is told to move."""

from supervisor.testing.clock import FakeClock

__all__ = ["FakeClock"]
