"""Ingest: sends events, check-ins and feedback to a DSN."""
