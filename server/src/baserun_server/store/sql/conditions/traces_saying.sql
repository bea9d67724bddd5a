-- Traces with a span in which something was said.
trace_id IN (SELECT trace_id FROM ${spans})
