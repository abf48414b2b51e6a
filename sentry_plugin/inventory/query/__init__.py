"""Answers questions to an inventory, by SQL on a database in memory."""
