-- The parts of a session by user and day sum up to the session, judgements included.
SELECT project_id, session_id AS id, 'numbers' AS what, toString(maxIf(numbers, level = 0)) AS expected,
       toString(maxIf(numbers, level = 1)) AS found
FROM (
    SELECT project_id, session_id, 0 AS level,
           toString((sum(n.traces), ${feedback_sums}, ${numbers})) AS numbers
    FROM sessions AS n FINAL GROUP BY project_id, session_id
    UNION ALL
    SELECT project_id, session_id, 1 AS level,
           toString((sum(n.traces), ${feedback_sums}, ${numbers}))
    FROM activity AS n FINAL WHERE session_id != '' GROUP BY project_id, session_id
)
GROUP BY project_id, session_id
HAVING expected != found
LIMIT 20
