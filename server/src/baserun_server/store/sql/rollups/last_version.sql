-- The greatest version of any roll-up.
SELECT max(version) AS version
FROM (
    SELECT max(version) AS version FROM traces
    UNION ALL SELECT max(version) FROM sessions
    UNION ALL SELECT max(version) FROM activity
    UNION ALL SELECT max(version) FROM users
    UNION ALL SELECT max(version) FROM said_apart
    UNION ALL SELECT max(version) FROM hour_versions
    UNION ALL SELECT max(version) FROM tickets
)
