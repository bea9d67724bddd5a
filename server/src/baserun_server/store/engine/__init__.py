"""The embedded engine: a process of its own, which speaks the ClickHouse HTTP protocol. Nothing else loads chDB."""
