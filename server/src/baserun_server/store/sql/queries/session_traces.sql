-- Traces of a session in order of time, a part of them: what frames a turn.
SELECT
    trace_id, users_said, name, status, spans_total, models, llm_calls, input_tokens, output_tokens, cached_tokens,
    reasoning_tokens, cost_nano_usd,
    toUnixTimestamp64Micro(started_at) AS started_us, toUnixTimestamp64Micro(ended_at) AS ended_us
FROM traces FINAL
WHERE project_id = {project_id:String} AND day IN {days:Array(Date)}
    AND session_id = {session_id:String}
ORDER BY started_at, trace_id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
