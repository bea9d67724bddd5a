"""What is recorded: sessions, traces, spans and judgements, and how each is written for the wire."""
