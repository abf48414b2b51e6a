"""Turns rows of the database into the objects that Sentry's web API shows."""
