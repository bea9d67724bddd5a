"""The API of SDK 1.x and 2.x: what still works as it did, and what this SDK does not offer."""
