-- How many traces of a session begin on each day.
SELECT day, sum(one.traces) AS traces
FROM activity AS one FINAL
WHERE project_id = {project_id:String} AND (user_id, session_id) IN {places:Array(Tuple(String, String))}
GROUP BY day
HAVING traces > 0
ORDER BY day
