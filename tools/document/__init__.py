"""Writes the parts of documents that come from the spec and from the code, between markers."""
