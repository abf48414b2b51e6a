"""Clients of web APIs: Sentry's, and JupiterOne's. What goes to a DSN is in ingest."""
