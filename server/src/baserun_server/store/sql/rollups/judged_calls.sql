-- Judgements of calls that were named by the provider's id of the call, or by ours.
SELECT response_id, completion_id, up, down
FROM scores FINAL
WHERE project_id = {project_id:String} AND trace_id = ''
  AND (response_id != '' AND response_id IN {response_ids:Array(String)}
       OR response_id = '' AND completion_id != '' AND completion_id IN {completion_ids:Array(String)})
