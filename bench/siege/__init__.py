"""What hostile clients do to the server, and to the good one beside them."""
