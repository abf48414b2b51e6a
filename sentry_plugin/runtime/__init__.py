"""One message: read, its step run in time, its event written. Never raises."""
