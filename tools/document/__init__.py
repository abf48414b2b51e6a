"""Write what documents for people tell of the spec and of the code, between their markers."""
