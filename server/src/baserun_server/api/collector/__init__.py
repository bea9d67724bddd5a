"""Where telemetry comes in: OTLP over HTTP and over gRPC, and what is written through the API itself."""
