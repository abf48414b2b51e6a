"""The steps for people at a terminal: words in, tables out. A start message needs none of it."""
