"""A request and its answer, as endpoints see them; what every endpoint stands on."""
