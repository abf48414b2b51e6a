"""Checks of a graph: what each finds, and the findings as a log for other tools."""
