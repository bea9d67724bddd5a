-- Messages of LLM calls that came in log records of their own, by time, then in the order in which they were sent.
SELECT trace_id, span_id, body
FROM log_entries FINAL
WHERE project_id = {project_id:String} AND trace_id IN {ids:Array(String)} AND kind = 'content'
    AND span_id IN {span_ids:Array(String)}
ORDER BY at, at_ns, received_at, number, log_id
