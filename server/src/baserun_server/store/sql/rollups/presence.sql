-- Which facts beside spans a project has at all: a roll-up does not query those that it has none of.
SELECT (SELECT count() FROM (SELECT 1 FROM scores WHERE project_id = {project_id:String} LIMIT 1)) AS scores,
       (SELECT count() FROM (SELECT 1 FROM scores WHERE project_id = {project_id:String} AND trace_id = ''
                             AND (response_id != '' OR completion_id != '') LIMIT 1)) AS scores_of_calls,
       (SELECT count() FROM (SELECT 1 FROM log_entries WHERE project_id = {project_id:String} AND kind = 'update' LIMIT 1)) AS updates,
       (SELECT count() FROM (SELECT 1 FROM log_entries WHERE project_id = {project_id:String} AND kind = 'content' LIMIT 1)) AS contents,
       (SELECT count() FROM (SELECT 1 FROM log_entries WHERE project_id = {project_id:String} AND kind = 'failure' LIMIT 1)) AS failures,
       (SELECT count() FROM (SELECT 1 FROM session_events WHERE project_id = {project_id:String} LIMIT 1)) AS session_events,
       (SELECT count() FROM (SELECT 1 FROM user_events WHERE project_id = {project_id:String} LIMIT 1)) AS user_events
