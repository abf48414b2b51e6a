"""What Sentry decides: what a search means, what a change does, what becomes of an issue."""
