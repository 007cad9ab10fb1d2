"""What a person can do with a network: start it, train it, look into it, kill a part of it, ask it for predictions."""
