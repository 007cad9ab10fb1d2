"""What can be looked at on the live stream, a kind of thing a file."""
