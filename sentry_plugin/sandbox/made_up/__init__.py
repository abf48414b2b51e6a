"""The organization that a new sandbox is filled with; nothing of it is real."""
