"""Roll-ups: totals of traces, sessions, activity and users, recomputed from the facts."""
