"""The triggers of the spec, one module each."""
