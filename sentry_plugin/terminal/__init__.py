"""Commands for people at a terminal: words in, tables out. Start messages need none of it."""
