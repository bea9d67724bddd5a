"""The Baserun server: collector, store, API and web pages."""

from importlib.metadata import version

__version__ = version("baserun-server")
