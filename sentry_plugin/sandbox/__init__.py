"""A stand-in for Sentry on this machine: for trying the plugin and for testing against faults.

It is not Sentry. Only the plugin's command that starts it imports it; it imports nothing of the
plugin. Heavy libraries are loaded when it starts. Its parts, each of which imports only parts named
before it:

- `times`; `kept`: the database, tokens, faults, and what was asked;
- `made_up`: the organization that a new sandbox is filled with;
- `sandbox`: all of these in one object;
- `messages`: a request and its answer, as endpoints see them;
- `shown`: rows of the database as the objects that Sentry's web API shows;
- `rules`: what Sentry does with issues: search, updates, grouping, reopening;
- `ingest`: how events and check-ins are received;
- `endpoints`: the functions that answer requests, a module for each resource;
- `serving`: the sandbox over HTTP;
- `command` and `demo`: what a person starts at a terminal.
"""
