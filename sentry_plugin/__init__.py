"""A Sentry plugin: one JSON start message in, one JSON event out."""
