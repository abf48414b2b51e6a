"""The tasks of the spec, one module each."""
