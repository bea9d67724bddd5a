"""A chat application as people write them, with 40 people who use it (see README.md)."""
