"""Serves the sandbox over HTTP: finds the endpoint of a request, sends its answer or a fault."""
