"""The Baserun server: collector, store, API and web pages."""
