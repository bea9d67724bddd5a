"""The processes beside the front: started, watched, handed their secrets, and ended with it."""
