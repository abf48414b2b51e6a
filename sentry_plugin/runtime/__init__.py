"""Answers one message: reads it, runs its step in time, builds its event. Never raises."""
