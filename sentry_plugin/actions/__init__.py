"""Actions: one module each, named as in plugin.spec.yaml, with one class in it."""
