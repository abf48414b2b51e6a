"""What the sandbox keeps: its database, tokens, quotas, faults and recorded requests."""
