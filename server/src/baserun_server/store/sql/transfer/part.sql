-- One part of a table of facts (see parts.sql).
SELECT ${columns}
FROM ${table} FINAL
WHERE project_id = {project_id:String}
    AND toStartOfHour(${moment}) = toDateTime({hour:UInt32}, 'UTC')
    AND cityHash64(${id}) % {slices:UInt32} = {slice:UInt32}
${order}
