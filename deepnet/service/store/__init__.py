"""What the service keeps: a locked folder, SQLite in it, and the log of what happened."""
