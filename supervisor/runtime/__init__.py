"""Does what the core decided: threads, clock, pykka."""
