-- A user's traces without a session sum up to the user's activity without a session, day by day.
SELECT project_id, concat(user_id, ' on ', toString(day)) AS id, 'numbers' AS what,
       toString(maxIf(numbers, level = 0)) AS expected, toString(maxIf(numbers, level = 1)) AS found
FROM (
    SELECT project_id, user_id, day, 0 AS level, toString((count(), ${numbers})) AS numbers
    FROM traces AS n FINAL WHERE session_id = '' AND user_id != '' GROUP BY project_id, user_id, day
    UNION ALL
    SELECT project_id, user_id, day, 1 AS level, toString((sum(n.traces), ${numbers}))
    FROM activity AS n FINAL WHERE session_id = '' GROUP BY project_id, user_id, day
)
GROUP BY project_id, user_id, day
HAVING expected != found
LIMIT 20
