"""A stand-in for Sentry on this machine: for trying the plugin and for testing against faults.

It is no Sentry. Nothing outside this package imports it, and it imports nothing of the plugin's
core. Heavy imports wait until it is started.
"""
