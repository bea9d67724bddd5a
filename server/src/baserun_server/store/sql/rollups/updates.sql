-- What the application said about traces after their end.
SELECT trace_id, toUnixTimestamp64Micro(at) AS at_us, log_id, body, metadata
FROM log_entries FINAL
WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)} AND trace_id != '' AND kind = 'update'
