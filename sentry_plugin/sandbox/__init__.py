"""A stand-in for Sentry on this machine: for trying the plugin and for testing against faults.

It is no Sentry. Of the plugin, only the command that starts it imports it, and it imports nothing
of the plugin. Heavy imports wait until it is started. From the ground up, where each imports only
what stands before it:

- `times`; `kept`: the database, tokens, faults, and what was asked;
- `made_up`: the organization that a new sandbox is filled with;
- `sandbox`: these together, as one thing;
- `messages`: a request and its answer, as endpoints see them;
- `shown`: how what is kept looks outside;
- `rules`: what Sentry decides;
- `ingest`: how events and check-ins come in;
- `endpoints`: what answers a request, a module for each resource;
- `serving`: the sandbox over HTTP;
- `command` and `demo`: the sandbox at a terminal.
"""
