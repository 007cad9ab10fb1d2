"""The process: sockets, signals, systemd, and what it refuses to start with."""
