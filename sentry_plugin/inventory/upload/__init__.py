"""Uploads a graph to JupiterOne: all of it or nothing."""
