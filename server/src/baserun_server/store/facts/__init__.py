"""Facts: what was received, as rows. Everything else in the store is made of them."""
