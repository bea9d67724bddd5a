"""Baserun: users, sessions and every LLM call of an application."""
