uniqExactIfState(sipHash64(one.effective_user), one.effective_user != '') AS users,
    uniqExactIfState(sipHash64(one.session_id), one.session_id != '') AS sessions,
    count() AS traces, countIf(one.status = 'error') AS failed,
    ${shown_sums},
    quantilesTDigestState(0.5, 0.95, 0.99)((toUnixTimestamp64Micro(one.ended_at) - toUnixTimestamp64Micro(one.started_at)) / 1000) AS waits,
    sumMap(CAST(one.latency, 'Map(UInt16, UInt64)')) AS latency
