"""Questions to an inventory: as a database in memory, asked in a process of its own."""
