"""From a request body to records: the write-ahead log and the pipeline of pure steps."""
