-- The spans of those touched traces in which one call may stand in several spans: a call that reported its usage has
-- spans below it, or a response id occurs twice. `duplicates.py` finds out which.
SELECT trace_id,
       groupArray((span_id, parent_span_id, kind = 'llm', input_tokens IS NOT NULL OR output_tokens IS NOT NULL,
                   response_id, toUnixTimestamp64Micro(started_at))) AS spans
FROM (${latest_spans})
GROUP BY trace_id
HAVING countIf(kind = 'llm') > 1
   AND (countIf(kind = 'llm' AND response_id != '') > uniqExactIf(response_id, kind = 'llm' AND response_id != '')
        OR length(arrayIntersect(groupUniqArrayIf(span_id, kind = 'llm'), groupUniqArray(parent_span_id))) > 0)
