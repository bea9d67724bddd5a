-- A user is the sum of the activity.
SELECT project_id, user_id AS id, 'numbers' AS what, toString(maxIf(numbers, level = 0)) AS expected,
       toString(maxIf(numbers, level = 1)) AS found
FROM (
    SELECT project_id, user_id, 0 AS level,
           toString((uniqExactIf(session_id, session_id != ''), sum(n.traces), ${numbers})) AS numbers
    FROM activity AS n FINAL WHERE user_id != '' GROUP BY project_id, user_id
    UNION ALL
    SELECT project_id, user_id, 1 AS level, toString((sum(n.sessions), sum(n.traces), ${numbers}))
    FROM users AS n FINAL
    WHERE (project_id, user_id) IN (SELECT project_id, user_id FROM activity FINAL)
       OR n.traces > 0
    GROUP BY project_id, user_id
)
GROUP BY project_id, user_id
HAVING expected != found
LIMIT 20
