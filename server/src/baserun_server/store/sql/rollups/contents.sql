-- Messages of LLM calls that were sent apart from their spans, oldest first.
SELECT trace_id, span_id, body
FROM log_entries FINAL
WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)} AND kind = 'content'
ORDER BY at, log_id
