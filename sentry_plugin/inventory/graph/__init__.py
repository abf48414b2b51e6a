"""The graph itself: its entities and relationships, what they hold, and where they come from."""
