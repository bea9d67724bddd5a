"""What calls used: read from every statement about it, and given one meaning."""
