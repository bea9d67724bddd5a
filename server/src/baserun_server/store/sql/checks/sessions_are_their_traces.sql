-- A session is the sum of its traces.
SELECT project_id, session_id AS id, 'numbers' AS what, toString(maxIf(numbers, level = 0)) AS expected,
       toString(maxIf(numbers, level = 1)) AS found
FROM (
    SELECT project_id, session_id, 0 AS level, toString((count(), ${numbers})) AS numbers
    FROM traces AS n FINAL WHERE session_id != '' GROUP BY project_id, session_id
    UNION ALL
    SELECT project_id, session_id, 1 AS level, toString((sum(n.traces), ${numbers}))
    FROM sessions AS n FINAL WHERE n.traces > 0 GROUP BY project_id, session_id
)
GROUP BY project_id, session_id
HAVING expected != found
LIMIT 20
