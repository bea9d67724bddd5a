-- How far erasures are: those that are done in the tables, and those that have marks and are not done yet.
SELECT
    (SELECT count() FROM (SELECT project_id, erasure_id FROM erasures FINAL WHERE part = 'tables')) AS done,
    (
        SELECT uniqExact((project_id, erasure_id))
        FROM erased FINAL
        WHERE (project_id, erasure_id) NOT IN (SELECT project_id, erasure_id FROM erasures WHERE part = 'tables')
    ) AS begun
