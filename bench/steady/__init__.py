"""Whether the suites of concurrency, forks and faults pass time after time."""
