-- Messages of LLM calls that were sent apart from their spans, by time, then in the order in which they were sent.
SELECT trace_id, span_id, body
FROM log_entries FINAL
WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)} AND kind = 'content'
ORDER BY at, at_ns, received_at, number, log_id
