"""Organizations of a Sentry as a graph, with the keys, types and properties of JupiterOne.

Knows nothing of messages and of the spec: that is left to the actions.
"""
