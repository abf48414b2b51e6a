"""The functions that answer requests: a module for each resource of Sentry's web API.

Beside these, `ingest` receives events, and `control` controls the sandbox itself.
"""
