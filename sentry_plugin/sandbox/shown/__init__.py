"""How what is kept looks outside: the objects of the web API, from their rows."""
