-- Every span stands in one trace: as many spans as the rows of traces say, trace by trace.
SELECT project_id, trace_id AS id, 'spans_total' AS what, toString(uniqExact(span_id)) AS expected,
       toString(any(rolled.spans_total)) AS found
FROM spans
LEFT JOIN (SELECT project_id, trace_id, sum(t.spans_total) AS spans_total FROM traces AS t FINAL GROUP BY project_id, trace_id) AS rolled
    ON rolled.project_id = spans.project_id AND rolled.trace_id = spans.trace_id
GROUP BY project_id, trace_id
HAVING expected != found
LIMIT 20
