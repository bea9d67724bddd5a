"""Whose code runs now: its session, user and span, and how they follow the code into tasks, threads and services."""
