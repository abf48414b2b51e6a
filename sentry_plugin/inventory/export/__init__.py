"""Writes a graph as a file for other tools: JupiterOne's folder, Cypher, GraphML."""
