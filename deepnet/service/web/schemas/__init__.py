"""What comes in and goes out as JSON, as pydantic models."""
