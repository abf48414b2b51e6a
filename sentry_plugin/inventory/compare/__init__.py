"""Two inventories, and what differs between them."""
