"""Organizations of a Sentry as a graph, with the keys, types and properties of JupiterOne.

One idea per module. Knows no message and no spec: those are the actions' business.
"""
