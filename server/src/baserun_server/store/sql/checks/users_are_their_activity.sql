-- A user is the sum of the activity, that of the aliases included.
SELECT project_id, user_id AS id, 'numbers' AS what, toString(maxIf(numbers, level = 0)) AS expected,
       toString(maxIf(numbers, level = 1)) AS found
FROM (
    SELECT n.project_id AS project_id, if(same.owner != '', same.owner, n.user_id) AS user_id, 0 AS level,
           toString((uniqExactIf(n.session_id, n.session_id != ''), sum(n.traces), ${numbers})) AS numbers
    FROM (SELECT * FROM activity FINAL WHERE user_id != '') AS n
    LEFT JOIN (SELECT project_id, arrayJoin(aliases) AS alias, user_id AS owner FROM users FINAL) AS same
        ON same.project_id = n.project_id AND same.alias = n.user_id
    GROUP BY 1, 2
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
