"""What goes to a DSN: events, check-ins and feedback, and what Sentry keeps of them."""
