"""The sandbox over HTTP: a port, the way to an endpoint, and faults on the way back."""
