"""Hostile input: how it is made, and what becomes of it."""
