"""What a terminal shows: trees, bars and tables."""
