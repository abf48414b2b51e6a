"""The actions of the spec: one module each, of the same name, with one class in it."""
