"""A session as a conversation: its turns, what was newly said in each, and the strip above them."""
