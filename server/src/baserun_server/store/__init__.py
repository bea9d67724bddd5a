"""What keeps the records and answers questions about them."""
