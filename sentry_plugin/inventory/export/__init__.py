"""Files of a graph for other tools: JupiterOne's folder, Cypher, GraphML."""
