-- Traces in which these words were said, the newest first.
SELECT trace_id AS id, session_id, name, toUnixTimestamp64Micro(started_at) AS at_us,
    if(positionCaseInsensitiveUTF8(input_preview, {words:String}) > 0, input_preview, output_preview) AS said
FROM traces FINAL
WHERE project_id = {project_id:String}
    AND (positionCaseInsensitiveUTF8(input_preview, {words:String}) > 0
        OR positionCaseInsensitiveUTF8(output_preview, {words:String}) > 0)
ORDER BY started_at DESC, trace_id DESC
LIMIT {limit:UInt32}
