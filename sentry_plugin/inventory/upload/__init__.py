"""A graph, uploaded to JupiterOne: all of it or nothing."""
