"""What Sentry keeps of an event: rules as data, and what they lose of one. Sends nothing."""
