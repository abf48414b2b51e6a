"""What answers requests: a module for each resource of Sentry's web API.

Besides, `ingest` takes events in, and `control` answers what no Sentry is asked.
"""
