"""Live streams: the newest of each state for whoever watches, and every event."""
