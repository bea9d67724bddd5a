-- Spans that are told to have failed, apart from these.
SELECT DISTINCT trace_id, span_id
FROM log_entries FINAL
WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)} AND kind = 'failure'
