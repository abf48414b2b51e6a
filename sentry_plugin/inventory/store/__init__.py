"""Collected inventories, kept in one SQLite file per Sentry, each row with its first and last day.

`database` opens the file, `writing` adds a snapshot, `reading` finds them, `removal` takes all
away. Collects nothing and knows no message.
"""
