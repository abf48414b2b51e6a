"""Triggers at work: they look again and again, remember, and deliver what they find."""
