"""A page of a list, the window that it is about, and the numbers in that window."""
