"""Collected inventories, stored in one SQLite file for each Sentry.

A row names the snapshots in which it begins and ends. `snapshots` is the only way in: `database`
opens the file, `writing` adds a snapshot, `reading` finds them, `removal` deletes. Collects
nothing and knows no message.
"""
