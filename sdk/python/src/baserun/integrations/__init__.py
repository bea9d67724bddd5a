"""Who is speaking, from what comes in: web requests, queued tasks, the arguments of plain functions. One line each."""
