"""Triggers and tasks at work: they poll lists, keep a state, and deliver what is new."""
