"""The worker: takes what the log holds into the store, and between two batches does what it is asked for by files."""
