"""What the sandbox keeps: its database, its tokens, its faults, and what it was asked."""
