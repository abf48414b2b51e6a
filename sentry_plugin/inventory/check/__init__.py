"""Checks of a graph: what each one finds, and the findings as SARIF for other tools."""
