"""Receives events and check-ins: authentication, compression, normalising, storing."""
