"""How statements and blocks travel: the ClickHouse HTTP protocol, and its Native format."""
