uniqExactIfState(sipHash64(part.effective_user), part.effective_user != '') AS users,
    uniqExactIfState(sipHash64(part.session_id), part.session_id != '') AS sessions,
    count() AS traces, countIf(part.status = 'error') AS failed,
    ${shown_sums},
    quantilesTDigestState(0.5, 0.95, 0.99)((toUnixTimestamp64Micro(part.ended_at) - toUnixTimestamp64Micro(part.started_at)) / 1000) AS waits,
    sumMap(CAST(part.latency, 'Map(UInt16, UInt64)')) AS latency
