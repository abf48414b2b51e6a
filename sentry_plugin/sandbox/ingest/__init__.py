"""How events and check-ins come in: who sends them, how they are packed, what is kept."""
