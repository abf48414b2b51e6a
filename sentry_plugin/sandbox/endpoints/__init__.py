"""What answers a request: a module for each resource of the web API, for the ingest, and for the sandbox itself."""
