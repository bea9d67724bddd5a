"""OTLP as it is sent: its two encodings, read and written, and the compression around them."""
