"""Collects the graph: whole lists of the web API, many requests at a time."""
