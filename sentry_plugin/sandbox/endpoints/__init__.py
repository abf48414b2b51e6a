"""What answers a request: a module for each resource of Sentry's web API, ingest, and control."""
