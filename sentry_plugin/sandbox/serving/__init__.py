"""The sandbox over HTTP: a port, the way from a request to its endpoint, and faults on the way back."""
