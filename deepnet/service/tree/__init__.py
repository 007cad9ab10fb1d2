"""The supervision tree of the service: each part is a child, and heals by itself."""
