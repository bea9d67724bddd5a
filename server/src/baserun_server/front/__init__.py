"""Connections of clients: taken, kept within bounds, closed in order; and what is said of them on standard error."""
