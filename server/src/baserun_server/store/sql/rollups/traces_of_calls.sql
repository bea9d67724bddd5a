-- Traces that hold a call, by the provider's id of the call or by ours.
SELECT DISTINCT trace_id
FROM spans
WHERE project_id = {project_id:String}
  AND (response_id != '' AND response_id IN {response_ids:Array(String)}
       OR completion_id != '' AND completion_id IN {completion_ids:Array(String)})
