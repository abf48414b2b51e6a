"""The graph: its entities and relationships, their properties, and which requests bring them."""
