"""A request and its answer as endpoints see them, and what all endpoints need to read and write."""
