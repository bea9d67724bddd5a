-- How many of a batch's rows are stored: those that carry its number, or, where newer versions of the same rows have
-- taken their place by now, any as new as they were.
SELECT uniqExact(${key}) AS stored
FROM ${table}
WHERE ${near}
  AND if({replaced:Bool}, version >= {version:UInt64}, batch_id = {batch_id:UInt64})
