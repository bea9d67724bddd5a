"""Secrets and personal data found in what was sent, and taken out of it."""
