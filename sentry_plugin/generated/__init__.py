"""Generated from plugin.spec.yaml by tools/generate.py. Do not edit."""

VERSION = "2.0.0"
