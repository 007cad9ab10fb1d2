"""Arrays in, arrays out: the arithmetic of a network, with no actor, thread, clock or log in sight."""
