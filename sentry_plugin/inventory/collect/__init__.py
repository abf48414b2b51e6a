"""Collects the graph from whole lists of the web API, with many requests at a time."""
