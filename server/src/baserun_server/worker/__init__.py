"""The worker: moves the log into the store, and between batches does the jobs and erasures requested by files."""
