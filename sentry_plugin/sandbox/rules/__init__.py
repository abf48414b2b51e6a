"""What Sentry does with issues: search, updates, grouping, merging and reopening."""
