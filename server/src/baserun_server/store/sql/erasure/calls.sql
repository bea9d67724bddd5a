-- How many spans traces have, and the ids by which their calls may have been judged.
SELECT count() AS spans, arrayFilter(id -> id != '', groupUniqArray(response_id)) AS response_ids,
       arrayFilter(id -> id != '', groupUniqArray(completion_id)) AS completion_ids
FROM (
    SELECT response_id, completion_id
    FROM spans
    WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)}
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id
)
