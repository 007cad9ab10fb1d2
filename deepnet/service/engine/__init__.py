"""What the service does, whoever asks: create, train, change, keep and revive networks."""
