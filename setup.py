"""Let tools that look for a setup.py find one; pyproject.toml says everything."""

from setuptools import setup

setup()
