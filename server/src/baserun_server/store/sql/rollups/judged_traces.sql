-- Judgements of traces.
SELECT trace_id AS id, sum(up) AS up, sum(down) AS down
FROM scores FINAL
WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)} AND trace_id != ''
GROUP BY trace_id
