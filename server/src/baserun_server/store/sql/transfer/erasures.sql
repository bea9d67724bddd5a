-- How far erasures are: those that are done in the tables, and those that have marks and are not done yet.
SELECT
    (SELECT count() FROM erasures FINAL WHERE part = 'tables') AS done,
    (
        SELECT uniqExact(erasure_id)
        FROM erased FINAL
        WHERE erasure_id NOT IN (SELECT erasure_id FROM erasures WHERE part = 'tables')
    ) AS begun
