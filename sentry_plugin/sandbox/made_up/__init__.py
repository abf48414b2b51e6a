"""The made-up organization that a new sandbox is filled with."""
