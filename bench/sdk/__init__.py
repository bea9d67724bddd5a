"""What recording costs the application that is recorded."""
